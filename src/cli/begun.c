#include "cli/begun.h"

#include "respond/playbook/begin.h"

struct ward_cli_begun {
	struct ward_cli_begun_in in;
	struct ward_drive *drive;
	struct ward_playbook_begin begin;
};

static void list_who(struct ward_cli_begun *b)
{
	_Static_assert((int)WARD_PLAYBOOK_BEGIN_WHO >= (int)WARD_RECIPIENTS_MAX, "all of them");
	for (size_t i = 0; i < b->in.recipients->n; i++) {
		const struct ward_recipient *r = &b->in.recipients->r[i];
		const struct ward_policy_role *role =
			ward_policy_begins(b->in.policy, r->role, r->n_role);

		if (!role)
			continue;
		b->begin.who[b->begin.n_who].recipient = r->id;
		b->begin.who[b->begin.n_who].role = ward_model_node(b->in.m, role->role)->id;
		b->begin.who[b->begin.n_who++].after = role->begins;
	}
}

enum ward_err ward_cli_begun_new(const struct ward_cli_begun_in *in, struct ward_cli_begun **ret)
{
	struct ward_cli_begun *b = ward_mem_alloc(ward_mem_heap(), sizeof(*b));

	*ret = NULL;
	if (!b)
		return WARD_ERR_NOMEM;
	*b = (struct ward_cli_begun){.in = *in};
	list_who(b);
	if (!in->playbooks || !b->begin.n_who) {
		ward_cli_begun_free(b);
		return WARD_OK;
	}
	const struct ward_drive_opts o = {.all = in->playbooks,
		.n_now = in->playbooks->n,
		.m = in->m,
		.lim = in->lim,
		.mem = ward_mem_heap()};
	enum ward_err err = ward_drive_new(&o, &b->drive);

	if (err)
		ward_cli_begun_free(b);
	else
		*ret = b;
	return err;
}

void ward_cli_begun_free(struct ward_cli_begun *b)
{
	if (!b)
		return;
	ward_drive_free(b->drive);
	ward_mem_free(ward_mem_heap(), b, sizeof(*b));
}

enum ward_err ward_cli_begun_told(struct ward_cli_begun *b, struct ward_str row, ward_ns now)
{
	return b ? ward_playbook_begin_told(&b->begin, b->in.lim, row, now) : WARD_OK;
}

enum ward_err ward_cli_begun_incident(struct ward_cli_begun *b, struct ward_id id,
	uint32_t revision, struct ward_str json, ward_ns now)
{
	const struct ward_drive_row row = {id, revision, now, json};

	if (!b)
		return WARD_OK;
	enum ward_err err = ward_drive_incident(b->drive, &row);

	return err ? err : ward_playbook_begin_incident(&b->begin, b->in.lim, id, json);
}

static const struct ward_recipient *recipient(const struct ward_cli_begun *b, struct ward_str id)
{
	size_t i = 0;

	while (!ward_str_eq(b->in.recipients->r[i].id, id)) /* it is one of them */
		i++;
	return &b->in.recipients->r[i];
}

bool ward_cli_begun_next(struct ward_cli_begun *b, ward_ns now, struct ward_cli_began *ret)
{
	struct ward_decision of;
	struct ward_drive_row row;
	struct ward_decided said;

	while (b && ward_playbook_begin_next(&b->begin, b->in.playbooks, b->drive, now, &of)) {
		if (!ward_drive_decide(b->drive, &of, of.at, &row, &said))
			continue; /* as a play says it: revoked, not valid now */
		*ret = (struct ward_cli_began){recipient(b, b->begin.who[b->begin.last].recipient),
			ward_playbooks_find(b->in.playbooks, of.subject, WARD_STR("")), of.at};
		return true;
	}
	return false;
}
