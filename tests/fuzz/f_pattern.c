/* A Sigma value against a text, compared with the definition carried out step by step. The first
 * byte is the modifier and whether case counts, then the pattern to the first line feed. */
#include "fuzz.h"

#include "detect/fold.h"
#include "detect/pattern.h"

enum { MAX = 200 };

enum { ANY = -1, ONE = -2 };

/* The pattern as bytes and wildcards: at most two more than it has characters. */
static size_t tokens(struct ward_str s, unsigned wrap, int *ret)
{
	size_t n = 0;

	if (wrap & WARD_PATTERN_ENDS)
		ret[n++] = ANY;
	for (size_t i = 0; i < s.len; i++) {
		bool escape =
			s.p[i] == '\\' && i + 1 < s.len && strchr("*?\\", s.p[i + 1]) && s.p[i + 1];

		i += escape;
		ret[n++] = !escape && s.p[i] == '*'   ? ANY
			   : !escape && s.p[i] == '?' ? ONE
						      : (uint8_t)s.p[i];
	}
	if (wrap & WARD_PATTERN_STARTS)
		ret[n++] = ANY;
	return n;
}

/* here[j]: do the tokens so far match the first j bytes? Only where a character begins or all ends:
 * no wildcard takes a part of one. */
static bool naive(struct ward_str pattern, unsigned wrap, struct ward_str s)
{
	int token[MAX + 2];
	size_t n = tokens(pattern, wrap, token);
	bool here[MAX + 1] = {true}, next[MAX + 1];

	for (size_t i = 0; i < n; i++) {
		bool before = false;

		memset(next, 0, sizeof(next));
		for (size_t j = 0; j <= s.len; j++) {
			size_t step = 1;

			if (token[i] == ANY) {
				before |= here[j];
				next[j] = before && (j == s.len || (s.p[j] & 0xc0) != 0x80);
				continue;
			}
			if (!here[j] || j == s.len)
				continue;
			if (token[i] == ONE)
				(void)ward_fold_next(s, j, &step);
			if (token[i] == ONE || token[i] == (uint8_t)s.p[j])
				next[j + step] = true;
		}
		memcpy(here, next, sizeof(here));
	}
	return here[s.len];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ward_pattern p;
	struct ward_arena a;

	if (len < 1 || len > MAX || !ward_utf8_valid(ward_slice_of(data + 1, len - 1), NULL))
		return 0;
	uint8_t *copy = fuzz_copy(data + 1, len - 1);
	struct ward_str text = ward_slice_text(ward_slice_of(copy, len - 1));
	struct ward_str pattern = ward_str_cut(&text, '\n');
	unsigned wrap = data[0] & 3;
	bool fold = (data[0] & 4) != 0;
	char low[2][MAX];

	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	WARD_ASSERT(ward_pattern_compile(&a, pattern, (enum ward_pattern_wrap)wrap, fold, &p) ==
		    WARD_OK);
	if (fold) {
		text = (struct ward_str){low[0], ward_fold(text, low[0])};
		pattern = (struct ward_str){low[1], ward_fold(pattern, low[1])};
	}
	bool is = ward_pattern_match(&p, text);

	WARD_ASSERT(is == naive(pattern, wrap, text));
	(void)ward_pattern_plain(&p);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
