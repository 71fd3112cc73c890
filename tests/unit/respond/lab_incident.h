/* Incidents that a test makes up, and what the rows about messages say. */
#ifndef WARD_TESTS_RESPOND_LAB_INCIDENT_H
#define WARD_TESTS_RESPOND_LAB_INCIDENT_H

#include "lab.h"

/* An incident with one sign, in room r-ROOM, of minute `min` after 02:00Z. */
struct lab_incident {
	unsigned id, revision, min, room;
	const char *level, *state, *domain, *more; /* more: members of the object, or "" */
};
static inline void lab_sign(
	struct ward_wr *w, const struct lab_incident *i, unsigned min, unsigned room)
{
	char when[40];

	(void)snprintf(when, sizeof(when), "2026-03-12T02:%02u:%02uZ", min, i->id % 60);
	ward_wr_printf(w,
		"{\"detection\":\"%08x-1111-8000-8000-%012u\",\"title\":\"Door of a technical room "
		"forced open\","
		"\"level\":\"%s\",\"time\":\"%s\",\"last\":\"%s\",\"count\":1,\"on\":\"Room "
		"%u\",\"on_kind\":\"room\","
		"\"subject\":\"r-%u\",\"where\":\"Basement\",\"joined_by\":\"first\",\"with\":\"\","
		"\"with_time\":\"\",\"hops\":0}",
		i->id, min - i->min, i->level, when, when, room, room);
}
/* And with one in room r-ALSO a minute later, if that is none. */
static inline void lab_incident_also(struct lab *l, const struct lab_incident *i, unsigned also)
{
	char json[2048];
	struct ward_wr w = ward_wr_fixed(json, sizeof(json));

	ward_wr_printf(&w,
		"{\"kind\":\"incident\",\"id\":\"%08x-0000-8000-8000-000000000000\","
		"\"revision\":%u,\"state\":\"%s\",\"domain\":\"%s\",\"level\":\"%s\","
		"\"first\":\"2026-03-12T02:%02u:%02uZ\",\"last\":\"2026-03-12T02:%02u:%02uZ\","
		"\"headline\":{\"threat\":\"t\",\"on\":\"Room\"},\"members\":[",
		i->id, i->revision, i->state, i->domain, i->level, i->min, i->id % 60,
		i->min + (also > 0), i->id % 60);
	lab_sign(&w, i, i->min, i->room);
	if (also) {
		ward_wr_ch(&w, ',');
		lab_sign(&w, i, i->min + 1, also);
	}
	ward_wr_printf(&w, "]%s}", i->more ? i->more : "");
	assert_false(ward_wr_bad(&w));
	lab_add(l, NULL, ward_wr_text(&w));
}

static inline void lab_incident(struct lab *l, const struct lab_incident *i)
{
	lab_incident_also(l, i, 0);
}

/* How many rows about messages say this. */
static inline size_t lab_rows(const struct lab *l, const char *what)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_row; i++)
		n += l->row[i].delivery && strstr(l->row[i].json, what) != NULL;
	return n;
}

static inline bool lab_says(const struct lab *l, size_t at, const char *what)
{
	return at < l->n_got && strstr(l->got[at].body, what) != NULL;
}
#define assert_says(l, at, what)                                                           \
	do {                                                                               \
		if (!lab_says((l), (at), (what)))                                          \
			fail_msg("message %zu does not say %s:\n%s", (size_t)(at), (what), \
				(at) < (l)->n_got ? (l)->got[at].body : "");               \
	} while (0)

#endif
