#include "cli/policy_file.h"

#include "desk/profiles.h"

enum { BYTES = 64 << 20 };

static enum ward_err leave(const struct ward_cli_policy_in *in, struct ward_policy *p)
{
	struct ward_str rest = ward_str_z(in->people ? in->people : "");
	enum ward_err err = WARD_OK;

	while (rest.len && !err) {
		struct ward_str id = ward_str_cut(&rest, ',');
		uint32_t node = ward_model_find(in->m, id);

		if (node != WARD_NONE && ward_model_node(in->m, node)->kind == WARD_NODE_ROLE) {
			err = ward_policy_leave(p, node);
			continue;
		}
		ward_diag_addf(in->diag, WARD_DIAG_ERROR, WARD_STR("--people"), 1,
			WARD_TEXT("'%.*s' is no role of the hospital\nwrite the id of one of "
				  "`roles:`"),
			WARD_STR_ARG(id));
		err = WARD_ERR_CONFIG;
	}
	return err;
}

static bool has_role(const struct ward_person *who, uint32_t role)
{
	for (size_t i = 0; i < who->n_role; i++)
		if (who->role[i] == role)
			return true;
	return false;
}

/* Who is bound to places may there alone, and what a policy begins is anywhere. */
static bool may_begin(const struct ward_cli_policy_in *in, const struct ward_profiles *rights,
	const struct ward_people *people, uint32_t role)
{
	const struct ward_person anybody = {.role = {role}, .n_role = 1};
	uint64_t all = 0;
	bool any = false;

	for (size_t i = 0; i < people->n; i++)
		if (has_role(&people->p[i], role)) {
			if (!people->p[i].n_place)
				all |= ward_profiles_rights(rights, in->m, &people->p[i]);
			any = true;
		}
	return ward_decision_let(
		WARD_DECISION_START, any ? all : ward_profiles_rights(rights, in->m, &anybody));
}

static void look_at(const struct ward_cli_policy_in *in, const struct ward_profiles *rights,
	const struct ward_people *people, const struct ward_policy *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->role[i].begins != WARD_NS_NEVER &&
			!may_begin(in, rights, people, p->role[i].role))
			ward_diag_addf(in->diag, WARD_DIAG_ERROR, ward_str_z(in->file),
				p->role[i].line,
				WARD_TEXT("nobody may begin a playbook as '%.*s'\nleave out "
					  "`begins`, or give "
					  "somebody of that role without `places` a profile with "
					  "`run.playbook` (`console:` of people.yml)"),
				WARD_STR_ARG(ward_model_node(in->m, p->role[i].role)->id));
}

/* Whoever begins a playbook has the right to. */
static enum ward_err check_rights(const struct ward_cli_policy_in *in, const struct ward_policy *p)
{
	struct ward_diag told; /* of people.yml it is said elsewhere what is wrong */
	struct ward_people people = {.n = 0};
	struct ward_profiles rights = {.n_role = 0};
	size_t before = in->diag->n_error, n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->role[i].begins != WARD_NS_NEVER;
	if (!n)
		return WARD_OK;
	ward_diag_init(&told, ward_mem_heap());
	const struct ward_people_in of = {in->m, in->lim, ward_mem_heap(), &told};
	enum ward_err err = ward_people_load(&of, in->hospital, &people);

	if (!err || err == WARD_ERR_CONFIG)
		err = ward_profiles_load(in->content, in->lim, ward_mem_heap(), in->diag, &rights);
	if (!err)
		look_at(in, &rights, &people, p);
	ward_profiles_free(&rights);
	ward_people_free(&people);
	ward_diag_fini(&told);
	return err ? err : in->diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

static bool asks_for(const struct ward_scenario *s, const char *word)
{
	for (size_t i = 0; i < s->lead.n_branch; i++)
		if (s->lead.branch[i].decided == WARD_LEAD_DECIDED &&
			ward_str_eqz(s->lead.branch[i].of, word))
			return true;
	return false;
}

/* A word that is misspelt would be done, and nothing come of it. */
static enum ward_err check_words(const struct ward_cli_policy_in *in, const struct ward_policy *p)
{
	size_t before = in->diag->n_error;

	for (size_t i = 0; in->story && i < p->n; i++)
		for (size_t k = 0; k < p->role[i].n_does; k++)
			if (!asks_for(in->story, p->role[i].does[k].word))
				ward_diag_addf(in->diag, WARD_DIAG_ERROR, ward_str_z(in->file),
					p->role[i].does[k].line,
					WARD_TEXT("no branch of the story asks for '%s'\nwrite a "
						  "word that stands there as `decided`, or leave "
						  "it out"),
					p->role[i].does[k].word);
	return in->diag->n_error > before ? WARD_ERR_CONFIG : WARD_OK;
}

enum ward_err ward_cli_policy_read(const struct ward_cli_policy_in *in, struct ward_policy *ret)
{
	struct ward_conf_beside file = {.path = ward_str_z(in->file)};
	struct ward_policy p = {.n = 0};
	struct ward_arena a;

	ward_arena_init(&a, ward_mem_heap(), BYTES);
	enum ward_err err = ward_conf_read(&a, in->lim, in->file, in->diag, &file.bytes);

	if (!err)
		err = ward_policy_read(&a, in->lim, in->m, file, in->diag, &p);
	if (!err)
		err = leave(in, &p);
	if (!err)
		err = check_rights(in, &p);
	if (!err)
		err = check_words(in, &p);
	ward_arena_fini(&a);
	if (!err)
		*ret = p;
	return err;
}
