#include "respond/playbook/begin.h"

#include "base/json.h"
#include "conf/conf.h"
#include "respond/playbook/about.h"
#include "respond/playbook/folder.h"

#include <stdio.h>

enum { ARENA_BYTES = 16 << 20 };

enum ward_err ward_playbook_begin_add(struct ward_playbook_begin *b, struct ward_str text)
{
	struct ward_str recipient = ward_str_cut(&text, ':'), role = ward_str_cut(&text, ':');
	uint64_t after;

	if (!recipient.len || !role.len || !ward_str_u64(text, &after) || after > INT64_MAX)
		return WARD_ERR_MALFORMED;
	if (b->n_who == WARD_PLAYBOOK_BEGIN_WHO)
		return WARD_ERR_LIMIT;
	b->who[b->n_who].recipient = recipient;
	b->who[b->n_who].role = role;
	b->who[b->n_who++].after = (ward_ns)after;
	return WARD_OK;
}

/* What the incident is part of now, at last. */
static struct ward_id whole(const struct ward_playbook_begin *b, struct ward_id id)
{
	size_t n = b->n_part < WARD_PLAYBOOK_BEGIN_PARTS ? b->n_part : WARD_PLAYBOOK_BEGIN_PARTS;

	for (size_t hop = 0; hop < n; hop++) {
		size_t i = 0;

		while (i < n && !ward_id_eq(b->part[i].part, id))
			i++;
		if (i == n)
			break;
		id = b->part[i].of;
	}
	return id;
}

/* NULL with OK: it is none. */
static enum ward_err read(struct ward_arena *a, const struct ward_limits *lim, struct ward_str json,
	const struct ward_conf **ret)
{
	struct ward_diag diag;

	*ret = NULL;
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(a, lim, WARD_STR("row"), 1, ward_str_bytes(json), &diag, ret);

	ward_diag_fini(&diag);
	if (err)
		*ret = NULL;
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

static enum ward_err wait_for(
	struct ward_playbook_begin *b, size_t who, const struct ward_conf *cover, ward_ns gone)
{
	const struct ward_conf *list = ward_conf_get(cover, "playbooks");
	struct ward_str word = list && list->kind == WARD_CONF_SEQ && list->child
				       ? list->child->text
				       : WARD_STR("");
	struct ward_id incident;

	if (!word.len || word.len >= WARD_PLAYBOOK_BEGIN_WORD ||
		!ward_id_parse(ward_conf_word(cover, "incident"), &incident))
		return WARD_OK;
	if (b->n_waits == WARD_PLAYBOOK_BEGIN_WAITS)
		return WARD_ERR_LIMIT;
	b->waits[b->n_waits].incident = incident;
	b->waits[b->n_waits].who = who;
	(void)snprintf(
		b->waits[b->n_waits].word, WARD_PLAYBOOK_BEGIN_WORD, "%.*s", WARD_STR_ARG(word));
	if (ward_add(gone, b->who[who].after, &b->waits[b->n_waits].due))
		b->n_waits++; /* else never */
	return WARD_OK;
}

enum ward_err ward_playbook_begin_told(struct ward_playbook_begin *b, const struct ward_limits *lim,
	struct ward_str json, ward_ns gone)
{
	const struct ward_conf *row;
	struct ward_arena a;

	if (!b->n_who)
		return WARD_OK;
	ward_arena_init(&a, ward_mem_heap(), ARENA_BYTES);
	enum ward_err err = read(&a, lim, json, &row);
	const struct ward_conf *covers = row ? ward_conf_get(row, "covers") : NULL;

	for (size_t i = 0; row && i < b->n_who; i++) {
		if (!ward_str_eq(b->who[i].recipient, ward_conf_word(row, "recipient")))
			continue;
		for (const struct ward_conf *c = covers ? covers->child : NULL; c && !err;
			c = c->next)
			err = wait_for(b, i, c, gone);
	}
	ward_arena_fini(&a);
	return err;
}

static void drop(struct ward_playbook_begin *b, size_t i)
{
	b->waits[i] = b->waits[--b->n_waits];
}

static void join(struct ward_playbook_begin *b, struct ward_id part, struct ward_id of)
{
	struct ward_id was = whole(b, part);

	if (ward_id_eq(was, whole(b, of))) /* it is, already */
		return;
	b->part[b->n_part % WARD_PLAYBOOK_BEGIN_PARTS].part = was;
	b->part[b->n_part++ % WARD_PLAYBOOK_BEGIN_PARTS].of = whole(b, of);
}

enum ward_err ward_playbook_begin_incident(struct ward_playbook_begin *b,
	const struct ward_limits *lim, struct ward_id id, struct ward_str json)
{
	const struct ward_conf *row;
	struct ward_arena a;

	if (!b->n_who)
		return WARD_OK;
	ward_arena_init(&a, ward_mem_heap(), ARENA_BYTES);
	enum ward_err err = read(&a, lim, json, &row);
	const struct ward_conf *parts = row ? ward_conf_get(row, "supersedes") : NULL;
	const struct ward_about about = {.state = ward_conf_word(row, "state")};

	for (const struct ward_conf *c = parts ? parts->child : NULL; c; c = c->next) {
		struct ward_id part;

		if (ward_id_parse(c->text, &part))
			join(b, part, id);
	}
	for (size_t i = 0; ward_about_is_over(&about) && i < b->n_waits;)
		if (ward_id_eq(whole(b, b->waits[i].incident), whole(b, id)))
			drop(b, i);
		else
			i++;
	ward_arena_fini(&a);
	return err;
}

/* As `ward playbook start` finds it: of two of one name the first. NULL: it is gone. */
static const struct ward_playbook *called(const struct ward_playbooks *here, const char *word)
{
	for (size_t i = 0; i < here->n; i++)
		if (ward_str_eqz(ward_playbook_word(here->item[i]), word))
			return here->item[i];
	return NULL;
}

/* By whomever, and whatever became of it. */
static bool is_begun(const struct ward_playbook_begin *b, const struct ward_drive *d,
	const struct ward_playbook *p, struct ward_id incident)
{
	struct ward_drive_run run;
	struct ward_id of;

	for (size_t i = 0; i < ward_drive_n(d); i++) {
		ward_drive_at(d, i, &run);
		if (run.playbook && ward_str_eq(run.playbook->id, p->id) &&
			ward_id_parse(run.incident, &of) && ward_id_eq(whole(b, of), incident))
			return true;
	}
	return false;
}

static void say(struct ward_playbook_begin *b, size_t i, const struct ward_playbook *p,
	struct ward_id incident, struct ward_decision *ret)
{
	struct ward_wr w = ward_wr_fixed(b->args, sizeof(b->args));
	struct ward_json j = ward_json_on(&w);
	struct ward_str role = b->who[b->waits[i].who].role;
	struct ward_idgen g;

	ward_json_obj(&j);
	ward_json_put_id(&j, "incident", incident);
	ward_json_obj_end(&j);
	WARD_ASSERT(!ward_wr_bad(&w)); /* an id */
	(void)snprintf(b->subject, sizeof(b->subject), "%.*s", WARD_STR_ARG(p->id));
	ward_idgen_init(&g, "ward policy begins");
	ward_idgen_id(&g, incident);
	ward_idgen_str(&g, p->id);
	ward_idgen_str(&g, role);
	*ret = (struct ward_decision){.kind = WARD_DECISION_START,
		.id = ward_idgen_final(&g),
		.at = b->waits[i].due,
		.person = WARD_STR(WARD_DECISION_POLICY),
		.role = role,
		.subject = ward_str_z(b->subject),
		.text = WARD_STR(WARD_DECISION_POLICY),
		.args = ward_wr_text(&w)};
}

bool ward_playbook_begin_next(struct ward_playbook_begin *b, const struct ward_playbooks *here,
	const struct ward_drive *d, ward_ns gone, struct ward_decision *ret)
{
	for (;;) {
		size_t first = SIZE_MAX;

		for (size_t i = 0; i < b->n_waits; i++)
			if (b->waits[i].due <= gone &&
				(first == SIZE_MAX || b->waits[i].due < b->waits[first].due))
				first = i;
		if (first == SIZE_MAX)
			return false;
		const struct ward_playbook *p = called(here, b->waits[first].word);
		struct ward_id incident = whole(b, b->waits[first].incident);
		bool begins = p && !is_begun(b, d, p, incident);

		if (begins)
			say(b, first, p, incident, ret);
		b->last = b->waits[first].who;
		drop(b, first);
		if (begins)
			return true;
	}
}
