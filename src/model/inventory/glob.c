#include "model/inventory/rules.h"

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The star that was met last takes one byte more whenever the rest does not fit: earlier stars need
 * never be tried again, so the cost is at most O(glob x text). */
bool ward_inv_glob(struct ward_str glob, struct ward_str s, struct ward_str wild[WARD_INV_WILD],
	size_t *n_wild)
{
	size_t g = 0, t = 0, star = SIZE_MAX, from = 0, taken = 0;
	size_t n = n_wild ? *n_wild : 0, mine = SIZE_MAX;

	while (t < s.len || (g < glob.len && glob.p[g] == '*')) {
		if (g < glob.len && glob.p[g] == '*') {
			star = ++g;
			from = t;
			taken = 0;
			mine = wild && n < WARD_INV_WILD ? n++ : SIZE_MAX;
			if (star == glob.len)
				taken = s.len - t;
			t += taken;
		} else if (g < glob.len && (glob.p[g] == '?' || fold(glob.p[g]) == fold(s.p[t]))) {
			g++;
			t++;
		} else if (star != SIZE_MAX && from + taken < s.len) {
			taken++;
			t = from + taken;
			g = star;
		} else {
			return false;
		}
		if (mine != SIZE_MAX)
			wild[mine] = ward_str_sub(s, from, taken);
	}
	if (g < glob.len)
		return false;
	if (n_wild)
		*n_wild = n;
	return true;
}
