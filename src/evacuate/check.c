#include "evacuate/read.h"

/* What is right by itself and yet does not fit together. Warnings: the file is written step by
 * step, and a compartment with one way out may be the truth. */

/* Ways out that may be used in a fire. */
static size_t ways_out(const struct ward_evac *e, uint32_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_way; i++)
		for (size_t k = 0; k < e->way[i].n_stop; k++)
			n += e->way[i].stop[k] == at &&
			     (e->way[i].kind != WARD_EVAC_LIFT ||
				     e->way[i].lift == WARD_EVAC_LIFT_EVACUATION);
	return n;
}

static void compartments(struct ward_evac_reader *l)
{
	const struct ward_evac *e = l->e;

	for (uint32_t i = 0; i < e->n_compartment; i++) {
		const struct ward_evac_compartment *c = &e->compartment[i];
		size_t n = ways_out(e, i);

		if (c->kind == WARD_EVAC_KIND_OUTSIDE)
			continue;
		if (c->building == WARD_NONE)
			ward_evac_warn(l, c->line,
				WARD_TEXT("the compartment holds no room: '{name}'"), c->id,
				WARD_TEXT("write places: [ROOM or FLOOR, …]"));
		if (n < 2)
			ward_evac_warn(l, c->line,
				n ? WARD_TEXT("one way out, where two are needed (lifts do not "
					      "count): compartment '{name}'")
				  : WARD_TEXT("no way out of compartment '{name}'"),
				c->id,
				WARD_TEXT("add the other doors and stairs, or have one built"));
	}
}

/* Beds by the model against what the file says. */
static void wards(struct ward_evac_reader *l)
{
	const struct ward_evac *e = l->e;

	for (uint32_t i = 0; i < ward_model_n(l->m); i++) {
		const struct ward_node *s = ward_model_node(l->m, i);
		int64_t patients = 0;
		uint32_t line = 0;

		if (s->kind != WARD_NODE_SERVICE || !s->beds)
			continue;
		for (size_t k = 0; k < e->n_ward; k++) {
			if (e->ward[k].service != i)
				continue;
			line = e->ward[k].line;
			for (unsigned c = 0; c < WARD_EVAC_CLASS_N; c++)
				patients += e->ward[k].count[c];
		}
		if (!line)
			ward_evac_warn(l, 0,
				WARD_TEXT("has beds and no compartment: service '{name}'"), s->id,
				WARD_TEXT("add it to wards: with the compartment and how its "
					  "patients move"));
		else if (patients > (int64_t)s->beds && patients > (int64_t)s->patients)
			ward_evac_warn(l, line,
				WARD_TEXT("more patients than beds: service '{name}'"), s->id,
				WARD_TEXT("correct the counts here, or beds: of the service"));
	}
}

/* Can the compartments next door, of another fire compartment and on the same floor, receive those
 * of this one? Where not, someone must go down or out. */
static void room_next_door(struct ward_evac_reader *l)
{
	const struct ward_evac *e = l->e;

	for (uint32_t i = 0; i < e->n_compartment; i++) {
		const struct ward_evac_compartment *c = &e->compartment[i];
		int64_t need = 0, area = 0;

		for (size_t k = 0; k < e->n_ward; k++)
			for (unsigned n = 0; e->ward[k].at == i && n < WARD_EVAC_CLASS_N; n++)
				need += e->ward[k].count[n] * e->travel.how[n].area_dm2;
		for (size_t k = 0; need && k < e->n_way; k++) {
			const struct ward_evac_way *w = &e->way[k];

			if (w->kind != WARD_EVAC_DOOR || (w->stop[0] != i && w->stop[1] != i))
				continue;
			uint32_t to = w->stop[0] == i ? w->stop[1] : w->stop[0];

			if (e->compartment[to].level == c->level &&
				(c->within == WARD_NONE || e->compartment[to].within != c->within))
				area += e->compartment[to].area_dm2;
		}
		if (need && area < need)
			ward_diag_addf(l->diag, WARD_DIAG_NOTE, l->file, c->line,
				WARD_TEXT("the compartments beside '%.*s' have %lld m2 for those "
					  "who need "
					  "%lld m2\nsome must leave the floor: correct area:, or "
					  "plan for it"),
				WARD_STR_ARG(c->id), (long long)(area / 100),
				(long long)((need + 99) / 100));
	}
}

/* What is counted as nobody, or as an ordinary way, because nobody says it. */
static void not_said(struct ward_evac_reader *l)
{
	const struct ward_evac *e = l->e;

	for (size_t i = 0; i < e->n_ward; i++)
		for (size_t k = 0; k < e->n_shift; k++)
			if (!e->ward[i].stated[k] && e->ward[i].service != WARD_NONE)
				ward_diag_addf(l->diag, WARD_DIAG_NOTE, l->file, e->ward[i].line,
					WARD_TEXT(
						"nobody says how many staff are with '%.*s' in "
						"the shift '%.*s'\n"
						"write staff: there; until then it counts nobody"),
					WARD_STR_ARG(ward_model_node(l->m, e->ward[i].service)->id),
					WARD_STR_ARG(e->shift[k].id));
	for (size_t i = 0; i < e->n_way; i++)
		if (!e->way[i].stated)
			ward_diag_addf(l->diag, WARD_DIAG_WARNING, l->file, e->way[i].line,
				WARD_TEXT("nobody says how far it is to '%.*s'\n"
					  "write metres: there; until then it counts 20"),
				WARD_STR_ARG(e->way[i].id));
}

/* Every minute of the day is in a shift; otherwise --at could find none. */
static void shifts(struct ward_evac_reader *l)
{
	const struct ward_evac *e = l->e;

	for (int64_t minute = 0; minute < 1440; minute++) {
		bool in = false;

		for (size_t i = 0; i < e->n_shift; i++) {
			const struct ward_evac_shift *s = &e->shift[i];

			in = in || (s->from < s->to ? minute >= s->from && minute < s->to
						    : minute >= s->from || minute < s->to);
		}
		if (in)
			continue;
		char at[24];
		struct ward_wr w = ward_wr_fixed(at, sizeof(at));

		ward_wr_printf(
			&w, "%02lld:%02lld", (long long)(minute / 60), (long long)(minute % 60));
		ward_diag_addf(l->diag, WARD_DIAG_WARNING, l->file, 0,
			WARD_TEXT("no shift at %.*s\nlet the shifts cover the day"),
			WARD_STR_ARG(ward_wr_text(&w)));
		return;
	}
}

static void rooms(struct ward_evac_reader *l)
{
	size_t n = 0;
	struct ward_str first = WARD_STR("");
	uint32_t outside = ward_ontology_find(ward_model_ontology(l->m), WARD_STR("room.outside"));

	for (uint32_t i = 0; i < ward_model_n(l->m); i++) {
		if (ward_model_node(l->m, i)->kind != WARD_NODE_ROOM || l->e->of[i] != WARD_NONE ||
			(outside != WARD_NONE && ward_model_is(l->m, i, outside)))
			continue;
		first = n++ ? first : ward_model_node(l->m, i)->id;
	}
	if (n)
		ward_diag_addf(l->diag, WARD_DIAG_WARNING, l->file, 0,
			WARD_TEXT("%zu rooms are in no compartment, '%.*s' first\nadd them, or "
				  "their floor, "
				  "to places: of one"),
			n, WARD_STR_ARG(first));
}

void ward_evac_check(struct ward_evac_reader *l)
{
	compartments(l);
	wards(l);
	room_next_door(l);
	not_said(l);
	shifts(l);
	rooms(l);
}
