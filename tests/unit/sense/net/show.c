/* What one stream dissector says of captures, as JSON lines.
 * usage: show NAME CAPTURE… */
#include "lab.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	int bad = argc < 3;

	for (int i = 2; i < argc; i++) {
		static struct lab l;

		lab_init(&l, argv[1], WARD_PROTO_TCP);
		if (!lab_capture(&l, argv[i])) {
			(void)fprintf(stderr, "can't read %s\n", argv[i]);
			bad = 1;
		}
		bad |= l.out.len && fwrite(l.out.p, 1, l.out.len, stdout) != l.out.len;
		lab_fini(&l);
	}
	return bad;
}
