/*
 * The requests of a Claude client for the property of all replies: streamed
 * and whole, with tools and without, with each way to see reasoning.
 */
#ifndef TESTS_PROPS_OPENAI_H
#define TESTS_PROPS_OPENAI_H

/* Ended by NULL. */
extern const char *const props_openai_requests[];

/* The configuration for one of OpenAI's APIs at a base URL. */
#define PROPS_OPENAI(url, api) \
	"{\"server\":{\"mode\":\"c2o\"},\"providers\":{\"openai\":" \
	"{\"apiKey\":\"sk-invented\",\"baseUrl\":\"" url "\"}},\"routing\":" \
	"{\"openAIUpstreamApi\":\"" api "\"},\"modelMap\":{\"claude-x\":" \
	"\"gpt-5.6\"}}"

#endif
