#include "fuzz.h"

#include "respond/template.h"

/* A template out of recipients.yml, and a value: what is not refused keeps the request one request,
 * and its body the length that it says. */
static void write_it(struct ward_str t, struct ward_str value, uint8_t how)
{
	static const char *const type[] = {
		"application/json", "application/x-www-form-urlencoded", "text/plain", "text/xml"};
	struct ward_template x = {.method = WARD_STR("POST"),
		.header = {how & 4 ? ward_str_sub(t, 0, 40) : WARD_STR("A: {secret}")},
		.type = ward_str_z(type[how & 3]),
		.body = t};
	struct ward_weburl url = {.tls = true, .usual = true, .host = "a", .path = "/{text}/{id}"};
	struct ward_str v[WARD_SLOT_N];
	struct ward_template_slot slot;
	const char *why = ward_template_wrong(&x, ward_str_z(url.path), &slot);

	if (why) {
		WARD_ASSERT(slot.is[0] ? slot.may[0] != 0 : strchr(why, '\n') != NULL);
		return;
	}
	for (size_t i = 0; i < WARD_SLOT_N; i++)
		v[i] = value;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 22);

	ward_template_write(&x, &url, v, &w);
	if (!ward_wr_bad(&w)) {
		struct ward_str head = ward_wr_text(&w);
		size_t end = ward_str_find(head, WARD_STR("\r\n\r\n")), n_line = 0;

		WARD_ASSERT(end != SIZE_MAX);
		for (size_t i = 0; i < end; i++) {
			n_line += head.p[i] == '\n';
			WARD_ASSERT(head.p[i] != '\n' || (i && head.p[i - 1] == '\r'));
			WARD_ASSERT(head.p[i] != '\0');
		}
		WARD_ASSERT(n_line == (value.len ? 7 : 6));
	}
	ward_wr_fini(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len > 2 ? len - 2 : 0;
	uint8_t *copy = fuzz_copy(data + len - n, n);
	struct ward_str all = ward_slice_text(ward_slice_of(copy, n));
	size_t cut = len > 2 && data[1] < n ? data[1] : n;

	if (len > 2)
		write_it(ward_str_sub(all, cut, n), ward_str_sub(all, 0, cut), data[0]);
	free(copy);
	return 0;
}
