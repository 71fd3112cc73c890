/* Apart from what needs a key: who reads a token needs none. */
#include "comply/reveal.h"

enum { TOKEN = 18 };

struct ward_str ward_reveal_token(struct ward_str s)
{
	for (size_t at = 0; at + TOKEN <= s.len; at++) {
		size_t i = 2;

		if (s.p[at] != 'p' || s.p[at + 1] != '-')
			continue;
		while (i < TOKEN && ((s.p[at + i] >= 'a' && s.p[at + i] <= 'z') ||
					    (s.p[at + i] >= '2' && s.p[at + i] <= '7')))
			i++;
		if (i == TOKEN)
			return ward_str_sub(s, at, TOKEN);
	}
	return WARD_STR("");
}
