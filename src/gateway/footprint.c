#include "gateway/footprint.h"

#include <jansson.h>
#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/xalloc.h"

enum {
	ARENAS = 8,
	MAPPED_BYTES = 128 << 10,
	KEPT_BYTES = 1 << 20,
};

/*
 * Large bodies are mapped, so that they go back to the system when freed, and
 * few arenas share what is left.  With 1,500 requests of 150 kB at once the
 * peak is 100 to 220 MiB, by how many are worked on at the same moment; it is
 * 415 when they are not mapped.  Of four arenas, threads wait for one another
 * three times as often as of eight when 200 TLS streams begin.  The largest
 * blocks, images, are kept a while for the next one (base/large), jansson's
 * strings as well.
 */
void
footprint_tune(void)
{
	json_set_alloc_funcs(xmalloc, xfree);
	mallopt(M_ARENA_MAX, ARENAS);
	mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

/* Is it one of those that we call, or that these call all the time? */
static bool
is_used(const char *library)
{
	static const char *const names[] = { "/libc.", "/libcurl.",
		"/libmicrohttpd.", "/libjansson.", "/libssl.", "/libcrypto." };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strstr(library, names[i]) != NULL)
			return true;
	return false;
}

/* Was its code changed when it was loaded?  It has to stay then. */
static bool
is_relocated(const struct dl_phdr_info *object)
{
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		const ElfW(Dyn) *entry =
		    (const void *)(object->dlpi_addr + part->p_vaddr);

		if (part->p_type != PT_DYNAMIC)
			continue;
		for (; entry->d_tag != DT_NULL; entry++)
			if (entry->d_tag == DT_TEXTREL ||
			    (entry->d_tag == DT_FLAGS &&
			    (entry->d_un.d_val & DF_TEXTREL)))
				return true;
	}
	return false;
}

/* Code is mapped from its file, and comes back when it is called. */
static int
forget_code(struct dl_phdr_info *object, size_t size, void *arg)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	bool spare = strchr(object->dlpi_name, '/') != NULL &&
	    !is_used(object->dlpi_name) && !is_relocated(object);

	(void)size;
	(void)arg;
	for (int i = 0; spare && i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		size_t start = (object->dlpi_addr + part->p_vaddr) & -page;
		size_t end = object->dlpi_addr + part->p_vaddr + part->p_memsz;

		if (part->p_type == PT_LOAD && part->p_flags == (PF_R | PF_X))
			madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

/*
 * libcurl and libmicrohttpd bring some thirty libraries along that we never
 * call (LDAP, Kerberos, SSH, another TLS); the code that set them up at the
 * start is a megabyte and a half.
 */
void
footprint_forget_start(void)
{
	dl_iterate_phdr(forget_code, NULL);
	malloc_trim(0);
}

void
footprint_trim(void)
{
	malloc_trim(0);
}
