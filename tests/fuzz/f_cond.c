/* A condition over six identifiers. What compiles asks for identifiers that it uses, ends, and
 * agrees with its own negation and doubling for every truth of the six. */
#include "fuzz.h"

#include "base/wr.h"
#include "detect/cond.h"

static const struct ward_str names[] = {
	{"a", 1}, {"b", 1}, {"c", 1}, {"sel_1", 5}, {"sel_2", 5}, {"_hidden", 7}};
enum { N = WARD_ARRAY_LEN(names) };

struct ask {
	unsigned bits;
	const uint8_t *used;
};

static bool test(void *ctx, size_t i)
{
	const struct ask *ask = ctx;

	WARD_ASSERT(i < N && ask->used[i]);
	return (ask->bits >> i & 1) != 0;
}

static enum ward_err compile(
	struct ward_arena *a, struct ward_str text, uint8_t *used, struct ward_cond *ret)
{
	struct ward_cond_error at = {.what = NULL};
	enum ward_err err = ward_cond_compile(a, &text, 1, names, N, used, ret, &at);

	WARD_ASSERT(err == WARD_OK || (at.what && at.off <= text.len));
	return err;
}

/* The text within before and after; false when that is over a limit. */
static bool around(struct ward_arena *a, const char *before, struct ward_str text,
	const char *after, uint8_t *used, struct ward_cond *ret)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 1 << 20);

	ward_wr_z(&w, before);
	ward_wr_str(&w, text);
	ward_wr_z(&w, after);
	enum ward_err err = compile(a, ward_wr_text(&w), used, ret);

	ward_wr_fini(&w);
	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_LIMIT);
	return err == WARD_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str text = ward_slice_text(ward_slice_of(copy, len));
	uint8_t used[N] = {0}, used_not[N] = {0}, used_and[N] = {0};
	struct ward_cond c, c_not, c_and;
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), 1 << 24);
	if (compile(&a, text, used, &c) == WARD_OK &&
		around(&a, "not (", text, ")", used_not, &c_not) &&
		around(&a, "a and (", text, ")", used_and, &c_and))
		for (unsigned v = 0; v < 1 << N; v++) {
			struct ask ask = {v, used}, ask_not = {v, used_not},
				   ask_and = {v, used_and};
			bool is = ward_cond_eval(&c, test, &ask);

			WARD_ASSERT(ward_cond_eval(&c_not, test, &ask_not) == !is);
			WARD_ASSERT(ward_cond_eval(&c_and, test, &ask_and) == (is && (v & 1)));
		}
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
