/* The address of an ONVIF device as people write it, and those that a device gives itself: what is
 * taken is whole and means itself, and nothing of it could begin another line of a request. */
#include "fuzz.h"

#include "sense/onvif/priv.h"

#include <stdio.h>

static void check_path(const char *path)
{
	WARD_ASSERT(path[0] == '/' && strlen(path) < WARD_ONVIF_PATH);
	for (const char *c = path; *c; c++)
		WARD_ASSERT(*c > ' ' && *c <= '~' && *c != '"' && *c != '\\');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_onvif_url url, again;
	char path[WARD_ONVIF_PATH], text[2 * WARD_ONVIF_PATH + WARD_ONVIF_TEXT];
	const char *why = NULL;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str s = {(const char *)copy, len};

	if (onvif_path(s, path))
		check_path(path);
	if (ward_onvif_url_read(s, &url, &why) == WARD_OK) {
		bool v6 = strchr(url.host, ':') != NULL;
		int n = snprintf(text, sizeof(text), "%s://%s%s%s:%u%s",
			url.tls ? "onvifs" : "onvif", v6 ? "[" : "", url.host, v6 ? "]" : "",
			(unsigned)url.port, url.path);

		WARD_ASSERT(url.host[0] && url.port && n > 0 && (size_t)n < sizeof(text));
		check_path(url.path);
		WARD_ASSERT(ward_onvif_url_read(ward_str_z(text), &again, &why) == WARD_OK);
		WARD_ASSERT(strcmp(url.host, again.host) == 0 && url.port == again.port &&
			    url.tls == again.tls && strcmp(url.path, again.path) == 0);
	} else {
		WARD_ASSERT(why && why[0]);
	}
	free(copy);
	return 0;
}
