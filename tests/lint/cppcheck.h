/*
 * What cppcheck, which reads no system header, has to know of jansson.
 */
#ifndef TESTS_CPPCHECK_H
#define TESTS_CPPCHECK_H

#define json_array_foreach(array, i, v) \
	for (i = 0; i < json_array_size(array) && \
	     (v = json_array_get(array, i)) != NULL; \
	     i++)
#define json_object_foreach(object, key, v) \
	for (key = json_object_iter_key(json_object_iter(object)); \
	     key != NULL && (v = json_object_get(object, key)) != NULL; \
	     key = json_object_iter_key(json_object_iter_next(object, v)))
#define json_object_keylen_foreach(object, key, n, v) \
	for (key = json_object_iter_key(json_object_iter(object)), \
	    n = strlen(key); \
	     key != NULL && (v = json_object_get(object, key)) != NULL; \
	     key = json_object_iter_key(json_object_iter_next(object, v)))
#define json_object_foreach_safe(object, next, key, v) \
	json_object_foreach(object, key, v)

#endif
