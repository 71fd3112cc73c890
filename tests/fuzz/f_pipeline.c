/* A pipeline as YAML, under rules of ours that ask for each kind of its lines. */
#include "fuzz_detect.h"

static const char more_rules[] =
	"title: P\nid: p\nlogsource: {product: t, category: c, service: s}\n"
	"detection: {s: {Image|endswith: '.exe'}, condition: s}\n---\n"
	"title: Q\nid: q\nlogsource: {product: windows, category: process_creation}\n"
	"detection: {s: {k|contains: a, i|gte: 1}, condition: s}\n---\n"
	"title: R\nid: r\nlogsource: {product: linux, service: auditd}\n"
	"detection: {k: [a, 'b*'], condition: k}\n---\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char rules[sizeof(more_rules) + sizeof(fuzz_rules)];
	uint8_t *copy = fuzz_copy(data, len);
	struct fuzz_detect f;

	memcpy(rules, more_rules, sizeof(more_rules) - 1);
	memcpy(rules + sizeof(more_rules) - 1, fuzz_rules, sizeof(fuzz_rules));
	fuzz_detect_open(&f);
	enum ward_err err = fuzz_detect_load(&f, fuzz_text(rules), ward_slice_of(copy, len));

	free(copy);
	WARD_ASSERT(err == WARD_OK || ward_err_class(err) == WARD_ERR_CLASS_INPUT);
	if (!err) {
		WARD_ASSERT(f.diag.n_error == 0);
		fuzz_detect_counts(&f);
		fuzz_detect_compare(&f);
		fuzz_detect_events(&f, ward_str_z(fuzz_events));
		WARD_ASSERT(
			ward_detector_tick(f.det, WARD_NS_NEVER, fuzz_detect_sink, &f) == WARD_OK);
	}
	fuzz_detect_close(&f);
	return 0;
}
