/* Incidents that a test makes up, and what the rows about messages say. */
#ifndef WARD_TESTS_RESPOND_LAB_INCIDENT_H
#define WARD_TESTS_RESPOND_LAB_INCIDENT_H

#include "lab.h"

/* An incident with one sign, in room r-ROOM, of minute `min` after 02:00Z. */
struct lab_incident {
	unsigned id, revision, min, room;
	const char *level, *state, *domain, *more; /* more: members of the object, or "" */
};
static inline void lab_incident(struct lab *l, const struct lab_incident *i)
{
	char json[2048], when[40];

	(void)snprintf(when, sizeof(when), "2026-03-12T02:%02u:%02uZ", i->min, i->id % 60);
	int n = snprintf(json, sizeof(json),
		"{\"kind\":\"incident\",\"id\":\"%08x-0000-8000-8000-000000000000\","
		"\"revision\":%u,\"state\":\"%s\",\"domain\":\"%s\",\"level\":\"%s\","
		"\"first\":\"%s\",\"last\":\"%s\",\"headline\":{\"threat\":\"t\",\"on\":\"Room\"},"
		"\"members\":[{\"detection\":\"%08x-1111-8000-8000-000000000000\",\"title\":"
		"\"Door of a technical room forced "
		"open\",\"level\":\"%s\",\"time\":\"%s\",\"last\":"
		"\"%s\",\"count\":1,\"on\":\"Room %u\",\"on_kind\":\"room\",\"subject\":\"r-%u\","
		"\"where\":\"Basement\",\"joined_by\":\"first\",\"with\":\"\",\"with_time\":\"\","
		"\"hops\":0}]%s}",
		i->id, i->revision, i->state, i->domain, i->level, when, when, i->id, i->level,
		when, when, i->room, i->room, i->more ? i->more : "");

	assert_true(n > 0 && (size_t)n < sizeof(json));
	lab_add(l, NULL, (struct ward_str){json, (size_t)n});
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
