/* Who acts on the hospital: the process that decides it by what people prove, and one for each
 * system that can be asked, which alone has its credential. */
#include "run/live_priv.h"

#include "evacuate/facts.h"

#include <stdio.h>

enum { PEOPLE_BYTES = 1 << 20 };

static enum ward_err load(struct live *l, struct ward_diag *diag)
{
	struct ward_escape escape = {.known = false};
	struct ward_evac *evac = NULL;
	enum ward_err err = ward_evac_load(
		l->o->content, l->o->dir, l->m, l->o->lim, ward_mem_heap(), diag, &evac);
	const struct ward_actuators_in in = {l->m, &escape, l->o->lim, ward_mem_heap(), diag};

	if (!err)
		err = ward_evac_escape(evac, &escape);
	if (!err || err == WARD_ERR_NOT_FOUND)
		err = ward_actuators_load(&in, l->o->dir, &l->actuators);
	ward_evac_free(evac);
	return err;
}

enum ward_err live_find_actuators(struct live *l)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = load(l, &diag);

	ward_diag_sort(&diag);
	if (err == WARD_ERR_CONFIG && diag.n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag.item[0].file), diag.item[0].line,
			WARD_STR_ARG(diag.item[0].what), WARD_STR_ARG(diag.item[0].mend));
	else if (err)
		err = live_because(l, err, WARD_ACTUATORS_FILE);
	ward_diag_fini(&diag);
	return err;
}

/* Of a played scenario only systems of exercises are asked, and these of nothing else. */
static bool is_asked(const struct live *l, const struct ward_actuator *a)
{
	return a->exercise == (l->o->scenario != NULL);
}

bool live_acts(const struct live *l)
{
	bool any = false;

	for (size_t i = 0; i < l->actuators.n; i++)
		any = any || is_asked(l, &l->actuators.a[i]);
	return any;
}

enum ward_err live_add_hands(struct live *l)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < l->actuators.n; i++) {
		struct live_hand *h = &l->hand[l->n_hand];
		uid_t uid = LIVE_UID_HANDS + (uid_t)l->n_hand;

		if (!is_asked(l, &l->actuators.a[i]))
			continue;
		h->of = &l->actuators.a[i];
		ward_process_numbered(h->name, "hand", l->n_hand++);
		err = ward_supervisor_add(
			l->s, h->name, l->n_uid > uid ? uid : 0, false, &h->number);
		if (!err)
			err = ward_supervisor_program(
				l->s, h->number, ward_act_way_program(h->of->way));
		if (!err)
			err = live_set_limits(l, h->number);
		if (!err)
			err = ward_supervisor_link(l->s, h->number, l->number[P_ACT]);
	}
	return err;
}

/* "ID ROLE,ROLE FILE" for each who may approve. */
static enum ward_err hand_people(struct live *l)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PEOPLE_BYTES);

	for (size_t i = 0; i < l->people.n; i++) {
		const struct ward_person *p = &l->people.p[i];

		if (!p->n_role)
			continue;
		ward_wr_str(&w, p->id);
		for (size_t k = 0; k < p->n_role; k++) {
			ward_wr_ch(&w, k ? ',' : ' ');
			ward_wr_str(&w, ward_model_node(l->m, p->role[k])->id);
		}
		ward_wr_ch(&w, ' ');
		ward_wr_str(&w, p->totp_file);
		ward_wr_ch(&w, '\n');
	}
	enum ward_err err = ward_wr_bad(&w) ? WARD_ERR_NOMEM
					    : live_hand_text(l, l->number[P_ACT], "people", &w);

	ward_wr_fini(&w);
	return err;
}

enum ward_err live_set_act(struct live *l)
{
	size_t number = l->number[P_ACT];
	enum ward_err err = WARD_OK;

	if (!l->used[P_ACT])
		return WARD_OK;
	for (size_t k = 0; !err && k < l->n_hand; k++) {
		const struct live_hand *h = &l->hand[k];

		err = live_tell_secret(l, h->number, "url", h->of->where);
		if (!err)
			err = live_tell_file(l, h->number, "secret_file", h->of->secret_file);
		if (!err)
			err = live_tell_file(l, h->number, "certificate", h->of->certificate);
		if (!err)
			err = live_tell(l, h->number, "user", h->of->user);
		if (!err)
			err = live_tell(l, h->number, "nas", h->of->nas);
		if (!err)
			err = live_tell(l, h->number, "security", h->of->security);
		if (!err)
			err = live_tell(l, h->number, "uplinks", h->of->uplinks);
		if (!err)
			err = live_tell_file(l, h->number, "host_key", h->of->host_key);
	}
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_STORE]);
	if (!err)
		err = ward_supervisor_link(l->s, number, l->number[P_DESK]);
	if (!err)
		err = live_tell(l, number, "hospital", ward_str_z(l->o->dir));
	if (!err)
		err = live_tell(l, number, "content", ward_str_z(l->o->content));
	if (!err && l->o->scenario)
		err = live_tell(l, number, "exercise", WARD_STR("yes"));
	return err ? err : hand_people(l);
}
