/* Ends of lengths of time, for tests/prop/terms.py: lines "SECOND TERM WORKING" (WORKING 0 or 1)
 * from stdin, the second at which each ends to stdout. Usage: terms ZONE HOLIDAY,HOLIDAY,... */
#include "law/term.h"
#include "story/zone.h"

#include <inttypes.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct ward_holiday holiday[WARD_HOLIDAYS];
	char line[64], term[32];
	unsigned working;
	int64_t second;
	size_t n = 0;

	if (argc != 3 || ward_zone_use(ward_str_z(argv[1])) != WARD_OK)
		return 2;
	for (struct ward_str rest = ward_str_z(argv[2]); rest.len;)
		if (n == WARD_HOLIDAYS ||
			ward_holiday_parse(ward_str_cut(&rest, ','), &holiday[n++]) != WARD_OK)
			return 2;
	while (fgets(line, sizeof(line), stdin)) {
		struct ward_term t;
		ward_ns end;

		if (sscanf(line, "%" SCNd64 " %31s %u", &second, term, &working) != 3 ||
			ward_term_parse(ward_str_z(term), working, &t) != WARD_OK ||
			ward_term_end(&t, second * WARD_NS_PER_S, holiday, n, &end) != WARD_OK)
			return 3;
		printf("%" PRId64 "\n", end / WARD_NS_PER_S);
	}
	return 0;
}
