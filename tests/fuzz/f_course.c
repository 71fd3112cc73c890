/* The log of a led play, whatever it holds: read back, or refused with its line; and what was read
 * goes on to its end. */
#include "fuzz.h"

#include "exercise/course.h"

#include "../unit/exercise/stage.h"

static const char steps[] =
	"  - {at: 1s, id: a, truth: {}}\n"
	"  - {at: 5s, id: b, truth: {}}\n"
	"injects: [{id: i, title: I, text: {engineer: x}, steps: [{after: 1s, truth: {}}]}]\n"
	"branches: [{id: r, note: n, when: {decided: x, before: b}, without: [b],\n"
	"  steps: [{after: 2s, truth: {}}]}]\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct stage st;
	static struct ward_scenario *s;
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_course_begin b = {0};
	struct ward_course_entry e;
	struct ward_course *c;
	const char *why;
	uint32_t line;

	if (!s) {
		stage_open(&st);
		s = stage_steps(&st, steps);
	}
	WARD_ASSERT(ward_course_new(ward_mem_heap(), s, &c) == WARD_OK);
	enum ward_err err = ward_course_log(
		c, &st.lab.lim, ward_slice_text(ward_slice_of(copy, len)), WARD_STR(""), &b, &line);

	WARD_ASSERT(err == WARD_OK || err == WARD_ERR_NOT_FOUND || err == WARD_ERR_MALFORMED);
	WARD_ASSERT(err != WARD_ERR_MALFORMED || line > 0);
	for (size_t i = 0; ward_course_next(c, &e); i++) {
		WARD_ASSERT(i < 1000);
		WARD_ASSERT(ward_course_take(c, &e, &why) == WARD_OK);
	}
	WARD_ASSERT(ward_course_ended(c));
	ward_course_free(c);
	free(copy);
	return 0;
}
