/* Prints the events of one medical protocol in captures: medical_events dicom|hl7 FILE... */
#include "proto_lab.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	static struct proto_lab l;
	const struct ward_dissector *module = NULL;
	int bad = 0;

	for (size_t i = 0; argc > 2 && i < ward_dissector_count(); i++)
		if (strcmp(ward_dissector_at(i)->name, argv[1]) == 0)
			module = ward_dissector_at(i);
	if (!module) {
		(void)fputs("usage: medical_events dicom|hl7 FILE...\n", stderr);
		return 2;
	}
	proto_lab_open(&l, module);
	for (int i = 2; i < argc; i++)
		bad |= !proto_lab_capture(&l, argv[i]);
	bad |= l.out.len && fwrite(l.out.p, 1, l.out.len, stdout) != l.out.len;
	for (size_t i = 0; i < module->n_reason; i++)
		if (proto_lab_reason(&l, i))
			(void)fprintf(stderr, "%s %llu\n", module->reason[i],
				(unsigned long long)proto_lab_reason(&l, i));
	proto_lab_close(&l);
	return bad;
}
