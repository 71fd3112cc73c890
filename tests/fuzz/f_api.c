/* Requests and rows from outside: lines up to an empty one are "METHOD TARGET", those behind it are
 * rows. Whatever they say: an answer is one of those that are described, is JSON in UTF-8 that
 * hides nothing, is the same when it is asked for again, and who has places sees no incident that
 * who has none does not. */
#include "fuzz.h"
#include "heap.h"

#include "../unit/model/lab.h"
#include "api/api.h"
#include "conf/conf.h"
#include "story/text.h"

/* Few of each: many short runs find more than few long ones. */
enum { REQUESTS = 8, ROWS = 32, OUT = 1 << 24, ARENA = 1 << 26 };

static struct lab lab; /* loaded once: it only answers */

static const struct ward_str place[] = {{"hall", 4}};
static const struct ward_api_who all = {.rights = WARD_RIGHTS_ALL},
				 here = {.rights = WARD_RIGHTS_ALL, .place = place, .n_place = 1},
				 nothing = {.rights = 0};

static void judge_text(struct ward_str s)
{
	WARD_ASSERT(ward_utf8_valid(ward_str_bytes(s), NULL));
	for (size_t i = 0; i < s.len;) {
		const uint8_t *p = (const uint8_t *)s.p + i;
		size_t len = ward_utf8_len(p, s.len - i);
		uint32_t c = len == 1 ? p[0] : p[0] & (0x7fu >> len);

		for (size_t k = 1; k < len; k++)
			c = c << 6 | (p[k] & 0x3fu);
		WARD_ASSERT(c == '\n' || !ward_text_hides(c));
		i += len;
	}
}

/* fresh: its text was not judged before. */
static void judge(const struct ward_api_answer *is, struct ward_str body, bool fresh)
{
	static const unsigned known[] = {200, 304, 400, 401, 403, 404, 405, 414, 503};
	const struct ward_conf *c;
	struct ward_arena a;
	size_t i = 0;

	while (i < WARD_ARRAY_LEN(known) && known[i] != is->status)
		i++;
	WARD_ASSERT(i < WARD_ARRAY_LEN(known));
	WARD_ASSERT((is->status == 405) == (is->allow != NULL));
	WARD_ASSERT((is->status == 200 || is->status == 304) == (is->etag[0] == '"'));
	WARD_ASSERT((is->status == 304) == !body.len);
	if (!body.len || !fresh)
		return;
	judge_text(body);
	ward_arena_init(&a, ward_mem_heap(), ARENA);
	enum ward_err err =
		ward_conf_json(&a, &lab.lim, WARD_STR("o"), 1, ward_str_bytes(body), &lab.d, &c);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT);
	ward_arena_fini(&a);
}

static struct ward_api_answer ask_one(
	struct ward_api *a, const struct ward_api_ask *ask, struct ward_wr *w)
{
	struct ward_api_answer is;

	ward_wr_reset(w);
	ward_api_answer(a, ask, w, &is);
	WARD_ASSERT(!ward_wr_bad(w));
	return is;
}

static void ask(struct ward_api *a, struct ward_str line)
{
	static const struct ward_api_who *const who[] = {&all, &here, &nothing, NULL};
	static struct ward_wr w[3]; /* the answer, the same again, and what was judged last */
	struct ward_str target = line, method = ward_str_cut(&target, ' '), query = target,
			path = ward_str_cut(&query, '?');
	struct ward_api_ask one = {.method = method, .path = path, .query = query};

	for (size_t i = 0; i < WARD_ARRAY_LEN(w) && !w[i].max; i++)
		w[i] = ward_wr_grow(ward_mem_heap(), OUT);
	for (size_t i = 0; i < WARD_ARRAY_LEN(who); i++) {
		one.who = who[i];
		one.if_none_match = (struct ward_str){NULL, 0};
		struct ward_api_answer x = ask_one(a, &one, &w[0]), y;

		/* of what is the same as another one that is enough */
		judge(&x, ward_wr_text(&w[0]),
			!ward_str_eq(ward_wr_text(&w[0]), ward_wr_text(&w[2])));
		ward_wr_reset(&w[2]);
		ward_wr_str(&w[2], ward_wr_text(&w[0]));
		if (i)
			continue;
		y = ask_one(a, &one, &w[1]);
		WARD_ASSERT(x.status == y.status && strcmp(x.etag, y.etag) == 0);
		WARD_ASSERT(ward_str_eq(ward_wr_text(&w[0]), ward_wr_text(&w[1])));
		if (x.status != 200)
			continue;
		one.if_none_match = ward_str_z(x.etag);
		y = ask_one(a, &one, &w[1]);
		WARD_ASSERT(y.status == 304);
		judge(&y, ward_wr_text(&w[1]), true);
	}
}

/* How many changes of incidents each is told. */
static void feed(struct ward_api *a)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT);
	uint64_t last;
	size_t n = ward_api_feed(a, &all, 0, ROWS, &w, &last);

	WARD_ASSERT(!ward_wr_bad(&w));
	judge_text(ward_wr_text(&w));
	WARD_ASSERT(ward_api_feed(a, &here, 0, ROWS, &w, &last) <= n);
	WARD_ASSERT(ward_api_feed(a, &nothing, 0, ROWS, &w, &last) == 0);
	ward_wr_fini(&w);
}

static void take(struct ward_api *a, struct ward_str text)
{
	for (uint64_t n = 1; text.p && n <= ROWS; n++) {
		struct ward_store_row row = {.row = n,
			.json = ward_str_cut(&text, '\n'),
			.revision = (uint32_t)n,
			.kind = WARD_ROW_DELIVERY,
			.id = {{(uint8_t)n}}};

		for (unsigned b = 0;
			ward_str_starts(row.json, WARD_STR("{\"at\"")) && b < WARD_API_BOARDS; b++)
			ward_api_board(a, (enum ward_api_board)b, row.json);
		static const char *const kind[] = {"", "detection", "incident", "impact", "clip",
			"delivery", "run", "action", "decision"};

		for (size_t k = 1; k < WARD_ARRAY_LEN(kind); k++)
			if (ward_str_starts(
				    ward_str_sub(row.json, 9, SIZE_MAX), ward_str_z(kind[k])))
				row.kind = (enum ward_row_kind)k;
		WARD_ASSERT(ward_api_take(a, &row) == WARD_OK);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_api_opts o = {.mem = fuzz_heap(), .exercise = true};
	struct ward_api *a = NULL;
	struct ward_str request[REQUESTS];
	size_t n = 0;

	if (!lab.m)
		WARD_ASSERT(lab_load(&lab, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str text = {(const char *)copy, len};

	while (text.p) {
		struct ward_str line = ward_str_cut(&text, '\n');

		if (!line.len)
			break;
		if (n < REQUESTS)
			request[n++] = line;
	}
	o.model = lab.m;
	o.lim = &lab.lim;
	WARD_ASSERT(ward_api_new(&o, &a) == WARD_OK);
	take(a, text);
	for (size_t i = 0; i < n; i++)
		ask(a, request[i]);
	feed(a);
	ward_api_free(a);
	free(copy);
	return 0;
}
