/* The list of cameras that the supervisor hands to `desk`, and the id of one that somebody wants to
 * look at: what is found stands in a line of the list, by its whole id. Up to the first NUL it is
 * the id. */
#include "fuzz.h"

#include "run/proc/desk_still.h"

static bool has_line(struct ward_str text, uint64_t k, struct ward_str id)
{
	while (text.len) {
		struct ward_str line = ward_str_cut(&text, '\n'), number = ward_str_cut(&line, ' ');
		uint64_t n;

		if (ward_str_u64(number, &n) && n == k && ward_str_eq(line, id))
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct desk_cameras c;
	const uint8_t *nul = len ? memchr(data, 0, len) : NULL;
	size_t n = nul ? (size_t)(nul - data) : 0, k = WARD_CAMERAS_MAX;
	const char *why = NULL;

	if (!nul)
		return 0;
	uint8_t *id = fuzz_copy(data, n), *text = fuzz_copy(nul + 1, len - n - 1);
	struct ward_str wanted = ward_slice_text(ward_slice_of(id, n));

	c = (struct desk_cameras){.text = ward_slice_text(ward_slice_of(text, len - n - 1))};
	for (size_t i = 0; i < WARD_CAMERAS_MAX; i++)
		c.link[i] = i % 2 ? WARD_FD_NONE : 0;
	enum ward_err err = desk_cameras_ask(&c, wanted, WARD_NS_PER_S, &k, &why);

	if (err) {
		WARD_ASSERT(why && *why && k == WARD_CAMERAS_MAX);
	} else {
		WARD_ASSERT(n && k < WARD_CAMERAS_MAX && k % 2 == 0 && has_line(c.text, k, wanted));
		/* looked at just now: nobody else does */
		WARD_ASSERT(
			desk_cameras_ask(&c, wanted, WARD_NS_PER_S, &k, &why) == WARD_ERR_AGAIN);
	}
	free(id);
	free(text);
	return 0;
}
