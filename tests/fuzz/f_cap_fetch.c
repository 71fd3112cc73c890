/* The input is what a server of warnings answers, request after request, parted by 0xff; the first
 * byte: how it is cut. Whatever it says, requests stay requests of one line, to paths; and only
 * documents that claim to be alerts are handed on. */
#include "fuzz.h"

#include "sense/cap/fetch.h"

static enum ward_err on_alert(void *ctx, struct ward_str path, const struct ward_xmldoc *x)
{
	(void)ctx;
	WARD_ASSERT(path.len && path.p[0] == '/' && x->n);
	return WARD_OK;
}

static void on_refuse(void *ctx, struct ward_str path, uint32_t line, const char *why)
{
	(void)ctx;
	(void)line;
	WARD_ASSERT(path.len && why[0]);
}

static void check_request(struct ward_slice due)
{
	WARD_ASSERT(due.len > 5 && memcmp(due.p, "GET /", 5) == 0);
	for (size_t i = 0; i < due.len; i++)
		WARD_ASSERT(due.p[i] != '\n' || (i && due.p[i - 1] == '\r'));
	WARD_ASSERT(memcmp(due.p + due.len - 4, "\r\n\r\n", 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_counters counters;
	struct ward_fetch *f;
	struct ward_cap_url url;
	const char *why;
	struct ward_fetch_opts opts = {.mem = ward_mem_heap(),
		.counters = &counters,
		.url = &url,
		.every = 100 * WARD_NS_PER_S,
		.sink = {on_alert, on_refuse, NULL}};
	size_t piece = len ? (size_t)data[0] * 4 + 1 : 1;
	ward_ns now = 0;

	ward_counters_init(&counters);
	if (len && ward_cap_url_read((struct ward_str){(const char *)data, len}, &url, &why) ==
			   WARD_OK)
		WARD_ASSERT(url.host[0] && url.path[0] == '/' && !strpbrk(url.path, "\r\n \""));
	WARD_ASSERT(ward_cap_url_read(WARD_STR("https://h/feed"), &url, &why) == WARD_OK);
	WARD_ASSERT(ward_fetch_new(&opts, &f) == WARD_OK);
	for (size_t at = len ? 1 : 0; at < len;) {
		const uint8_t *stop = memchr(data + at, 0xff, len - at);
		size_t end = stop ? (size_t)(stop - data) : len;
		struct ward_slice due;
		enum ward_err err = WARD_OK;

		now = ward_httppoll_next(ward_fetch_poll(f)) > now
			      ? ward_httppoll_next(ward_fetch_poll(f))
			      : now;
		WARD_ASSERT(ward_httppoll_due(ward_fetch_poll(f), now, &due) == WARD_OK);
		check_request(due);
		ward_httppoll_sent(ward_fetch_poll(f), due.len);
		while (at < end && !err && ward_httppoll_busy(ward_fetch_poll(f))) {
			size_t n = end - at < piece ? end - at : piece;
			uint8_t *copy = fuzz_copy(data + at, n);

			err = ward_httppoll_bytes(ward_fetch_poll(f), ward_slice_of(copy, n), now);
			WARD_ASSERT(err != WARD_ERR_NOMEM);
			free(copy);
			at += n;
		}
		WARD_ASSERT(err != WARD_ERR_FOREIGN || ward_httppoll_why(ward_fetch_poll(f))[0]);
		WARD_ASSERT(ward_httppoll_ended(ward_fetch_poll(f), now, NULL) != WARD_ERR_NOMEM);
		at = end + 1;
	}
	ward_fetch_free(f);
	return 0;
}
