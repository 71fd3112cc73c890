#include "fuzz.h"

#include "respond/publish.h"

/* A broker's bytes, in pieces of any size: it ends with an outcome, or waits; what it says is the
 * same however they came. */
static size_t drive(struct ward_slice s, size_t piece, struct ward_outcome *o)
{
	const struct ward_publication all[] = {
		{.topic = WARD_STR("a"), .payload = WARD_STR("on"), .retain = true, .heard = true},
		{.topic = WARD_STR("b/c"), .payload = WARD_STR("{}"), .expires_s = 60},
		{.topic = WARD_STR("d"), .payload = WARD_STR("")}};
	const struct ward_publish_opts opts = {.client = WARD_STR("ward"), .all = all, .n = 3};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 16);
	struct ward_publish p;
	enum ward_err err = WARD_ERR_MORE;
	size_t at = 0;

	ward_publish_begin(&p, &opts, &w);
	while (err == WARD_ERR_MORE && at < s.len) {
		size_t n = piece && piece < s.len - at ? piece : s.len - at;

		err = ward_publish_take(&p, ward_slice_of(s.p + at, n), &w, o);
		at += n;
	}
	WARD_ASSERT(!ward_wr_bad(&w) && (err == WARD_OK || err == WARD_ERR_MORE));
	if (err == WARD_ERR_MORE)
		*o = (struct ward_outcome){.what = 0};
	else
		WARD_ASSERT(o->what == WARD_SENT_DELIVERED ? p.at == 3 : o->why[0] != 0);
	size_t len = w.len;

	ward_wr_fini(&w);
	return len;
}

static void body(struct ward_slice s)
{
	struct ward_publication *all = NULL;
	struct ward_limits lim;
	struct ward_arena a;
	size_t n = 0;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 8 << 20);
	if (ward_publications_read(ward_slice_text(s), &lim, &a, &all, &n) == WARD_OK)
		for (size_t i = 0; i < n; i++)
			WARD_ASSERT(ward_topic_valid(all[i].topic) && all[i].payload.p);
	ward_arena_fini(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	size_t n = len ? len - 1 : 0;
	uint8_t *copy = fuzz_copy(data + (len ? 1 : 0), n);
	struct ward_slice s = ward_slice_of(copy, n);
	struct ward_outcome whole = {.what = 0}, parts = {.what = 0};

	if (len && data[0] == 'b') {
		body(s);
	} else if (len) {
		size_t said = drive(s, 0, &whole);

		WARD_ASSERT(said == drive(s, data[0] % 7, &parts));
		WARD_ASSERT(whole.what == parts.what && strcmp(whole.why, parts.why) == 0);
	}
	free(copy);
	return 0;
}
