#include "fuzz.h"

#include "http/target.h"

/* A path that is taken is clean, whoever looks at it; nothing is read beyond the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = (char *)fuzz_copy(data, len), *to = malloc(len + 1);
	struct ward_str s = {text, len}, path, query;

	WARD_ASSERT(to);
	if (ward_http_path(s, to, len, &path, &query)) {
		WARD_ASSERT(path.len && path.len <= len && path.p[0] == '/');
		for (size_t i = 0; i < path.len; i++)
			WARD_ASSERT((unsigned char)path.p[i] >= 0x20 && path.p[i] != '\\');
		WARD_ASSERT(ward_str_find(path, WARD_STR("/../")) == SIZE_MAX);
		WARD_ASSERT(ward_str_find(path, WARD_STR("//")) == SIZE_MAX);
		WARD_ASSERT(!ward_str_ends(path, WARD_STR("/..")));
		WARD_ASSERT(ward_utf8_valid(ward_str_bytes(path), NULL));
	}
	struct ward_str cookie = ward_http_cookie(s, WARD_STR("a")), host = ward_http_host(s);

	struct ward_wr w = ward_wr_fixed(to, len + 1);
	struct ward_str param = ward_http_param(s, "a", len / 2, &w);

	WARD_ASSERT(param.len <= len / 2);
	WARD_ASSERT(!memchr(cookie.len ? cookie.p : "", ';', cookie.len));
	WARD_ASSERT(host.len <= len);
	(void)ward_http_takes(s, WARD_STR("br"));
	(void)ward_http_has_tag(s, WARD_STR("\"a\""));
	free(to);
	free(text);
	return 0;
}
