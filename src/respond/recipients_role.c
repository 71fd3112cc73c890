#include "respond/recipients_role.h"

#define say(in, at, ...) \
	ward_diag_addf((in)->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static void take(
	const struct ward_recipients_in *in, const struct ward_conf *w, struct ward_recipient *p)
{
	uint32_t node = w->kind == WARD_CONF_SCALAR ? ward_model_find(in->m, w->text) : WARD_NONE;

	if (node == WARD_NONE || ward_model_node(in->m, node)->kind != WARD_NODE_ROLE)
		say(in, w,
			WARD_TEXT("'%.*s' is no role of the hospital\nwrite the id of one of "
				  "`roles:` in "
				  "hospital.yml"),
			WARD_STR_ARG(w->text));
	else if (p->n_role == WARD_RECIPIENT_ROLES)
		say(in, w, WARD_TEXT("more than %d roles\nmake another recipient"),
			WARD_RECIPIENT_ROLES);
	else
		p->role[p->n_role++] = node;
}

enum ward_err ward_recipients_role_read(const struct ward_recipients_in *in,
	struct ward_arena *arena, const struct ward_conf *c, struct ward_recipient *p)
{
	const struct ward_conf *roles = ward_conf_get(c, "roles"),
			       *person = ward_conf_get(c, "person");
	struct ward_str who = WARD_STR("");

	if (roles && roles->kind == WARD_CONF_SEQ && !roles->n_child)
		say(in, roles,
			WARD_TEXT("'roles' is empty\nleave it out, and nothing is asked of it"));
	if (roles && roles->kind != WARD_CONF_SEQ)
		take(in, roles, p);
	for (const struct ward_conf *w = roles && roles->kind == WARD_CONF_SEQ ? roles->child
									       : NULL;
		w; w = w->next)
		take(in, w, p);
	if (roles && (p->bookmarks || p->channel == WARD_CHANNEL_MQTT ||
			     p->detail[WARD_DETAIL_SENDS].len))
		say(in, roles,
			WARD_TEXT("what no person reads has no role: it would be asked, and nobody "
				  "would "
				  "know\nleave `roles` out, and give them to a recipient that "
				  "people read"));
	if (roles && p->share.len && !ward_str_eqz(p->share, "own"))
		say(in, roles,
			WARD_TEXT("what is asked of people of the hospital goes to the hospital's "
				  "own\nwrite "
				  "`for: own`, or leave it out"));
	if (!person || !ward_conf_str(c, "person", true, in->diag, &who))
		return WARD_OK;
	if (!roles)
		say(in, person,
			WARD_TEXT("'person' without 'roles': nobody knows when that one is on "
				  "duty\nadd "
				  "`roles: [ROLE]`, as in oncall.csv"));
	p->person = ward_arena_str(arena, who);
	return p->person.p ? WARD_OK : WARD_ERR_NOMEM;
}
