#include "actions/actions.h"
#include "care/entry.h"
#include "cli/check_controllers.h"
#include "cli/check_evidence.h"
#include "cli/check_zones.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "cli/playbooks.h"
#include "detect/baseline/baseline.h"
#include "detect/detect.h"
#include "evacuate/facts.h"
#include "exercise/scenario.h"
#include "impact/impact.h"
#include "model/basis.h"
#include "model/door/rules.h"
#include "model/inventory/rules.h"
#include "model/model.h"
#include "model/permit/file.h"
#include "model/point/point.h"
#include "paths/attack.h"
#include "paths/facts.h"
#include "recover/works.h"
#include "respond/recipients.h"
#include "sense/log/pattern.h"

#include <limits.h>
#include <unistd.h>

enum { OUT_MAX = 64 << 20, CARE_BYTES_MAX = 256 << 20 };

struct args {
	const char *dir, *content, *code;
	struct ward_lang *lang; /* NULL: English */
	bool json, notes;
};

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct args *ret)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			ret->json = true;
		else if (strcmp(argv[i], "--notes") == 0)
			ret->notes = true;
		else if (strcmp(argv[i], "--content") == 0 && i + 1 == argc)
			return ward_cli_usage(cmd, "--content needs a directory");
		else if (strcmp(argv[i], "--content") == 0)
			ret->content = argv[++i];
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 == argc)
			return ward_cli_usage(cmd, "--lang needs a language");
		else if (strcmp(argv[i], "--lang") == 0)
			ret->code = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(cmd, "'%s' is not an option", argv[i]);
		else if (ret->dir)
			return ward_cli_usage(cmd, "one directory at a time");
		else
			ret->dir = argv[i];
	}
	return ret->dir ? WARD_EXIT_DONE : ward_cli_usage(cmd, "which hospital directory?");
}

/* What people wrote, without what would drive a terminal. */
static void plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? '?' : s.p[i]);
}

/* A finding's text in the language, where it has one that knows it. */
static void put_said(struct ward_wr *w, const struct ward_diag_item *it, struct ward_str english,
	struct ward_str form, struct ward_lang *lang)
{
	struct ward_word_slot slot[WARD_WORDS_SLOTS_MAX];
	struct ward_wr said = ward_wr_grow(w->mem, OUT_MAX);

	for (size_t i = 0; i < it->n_slot && i < WARD_WORDS_SLOTS_MAX; i++)
		slot[i] = (struct ward_word_slot){it->slot[i].name, it->slot[i].text};
	if (lang && form.len && it->n_slot <= WARD_WORDS_SLOTS_MAX)
		ward_say_text(&said, ward_lang_text(lang, form), slot, it->n_slot);
	else
		ward_wr_str(&said, english);
	plain(w, ward_wr_text(&said));
	ward_wr_fini(&said);
}

static void finding(
	struct ward_wr *w, const struct ward_diag_item *it, bool colour, struct ward_lang *lang)
{
	static const char *const name[] = {
		WARD_TEXT("error"), WARD_TEXT("warning"), WARD_TEXT("note")};
	static const char *const on[] = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m"};

	plain(w, it->file);
	if (it->line)
		ward_wr_printf(w, ":%u", it->line);
	ward_wr_printf(w, "%s%s", it->file.len ? ": " : "", colour ? on[it->level] : "");
	ward_say(w, lang, name[it->level]);
	ward_wr_printf(w, "%s: ", colour ? "\x1b[0m" : "");
	put_said(w, it, it->what, it->what_form, lang);
	ward_wr_ch(w, '\n');
	if (!it->mend.len)
		return;
	ward_wr_z(w, colour ? "    \x1b[2m" : "    ");
	ward_say(w, lang, WARD_TEXT("mend:"));
	ward_wr_z(w, colour ? "\x1b[0m " : " ");
	put_said(w, it, it->mend, it->mend_form, lang);
	ward_wr_ch(w, '\n');
}

static size_t count_notes(const struct ward_diag *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->item[i].level == WARD_DIAG_NOTE;
	return n;
}

static void counts(const struct ward_model *m, size_t n_kind[WARD_NODE_N], size_t *ret_relation)
{
	size_t n;

	*ret_relation = 0;
	for (uint32_t i = 0; i < ward_model_n(m); i++) {
		n_kind[ward_model_node(m, i)->kind]++;
		(void)ward_model_out(m, i, &n);
		*ret_relation += n;
	}
}

/* "3 rooms" */
static void amount(
	struct ward_wr *w, struct ward_lang *lang, size_t n, const char *one, const char *others)
{
	char text[24];
	struct ward_wr number = ward_wr_fixed(text, sizeof(text));

	ward_wr_u64(&number, n);
	const struct ward_word_slot slot = {"n", ward_wr_text(&number)};

	ward_say_text(w, ward_lang_text_n(lang, n, one, others), &slot, 1);
}

static const char *plural(enum ward_node_kind k)
{
	static const char *const many[WARD_NODE_N] = {"sites", "buildings", "floors", "zones",
		"rooms", "doors", "networks", "roles", "services", "assets"};

	return many[k];
}

static void amount_of(struct ward_wr *w, struct ward_lang *lang, size_t n, enum ward_node_kind kind)
{
	static const char *const one[WARD_NODE_N] = {WARD_TEXT_ONE("{n} site"),
		WARD_TEXT_ONE("{n} building"), WARD_TEXT_ONE("{n} floor"),
		WARD_TEXT_ONE("{n} zone"), WARD_TEXT_ONE("{n} room"), WARD_TEXT_ONE("{n} door"),
		WARD_TEXT_ONE("{n} network"), WARD_TEXT_ONE("{n} role"),
		WARD_TEXT_ONE("{n} service"), WARD_TEXT_ONE("{n} asset")};
	static const char *const others[WARD_NODE_N] = {WARD_TEXT("{n} sites"),
		WARD_TEXT("{n} buildings"), WARD_TEXT("{n} floors"), WARD_TEXT("{n} zones"),
		WARD_TEXT("{n} rooms"), WARD_TEXT("{n} doors"), WARD_TEXT("{n} networks"),
		WARD_TEXT("{n} roles"), WARD_TEXT("{n} services"), WARD_TEXT("{n} assets")};

	amount(w, lang, n, one[kind], others[kind]);
}

static void model_text(struct ward_wr *w, const struct ward_model *m, struct ward_lang *lang)
{
	const struct ward_hospital *h = ward_model_hospital(m);
	size_t n_kind[WARD_NODE_N] = {0}, n_relation, n_source;
	uint8_t hash[32];
	char hex[16];
	struct ward_wr version = ward_wr_fixed(hex, sizeof(hex));

	counts(m, n_kind, &n_relation);
	(void)ward_model_sources(m, &n_source);
	ward_model_hash(m, hash);
	plain(w, h->name.len ? h->name
			     : ward_lang_text(lang, ward_str_z(WARD_TEXT("(unnamed hospital)"))));
	if (h->city.len) {
		ward_wr_z(w, ", ");
		plain(w, h->city);
	}
	if (h->synthetic) {
		ward_wr_ch(w, ' ');
		ward_say(w, lang, WARD_TEXT("(synthetic)"));
	}
	ward_wr_z(w, "\n  ");
	for (unsigned k = 0; k < WARD_NODE_N; k++) {
		enum ward_node_kind kind = (enum ward_node_kind)k;

		ward_wr_z(w, !k ? "" : k == WARD_NODE_NETWORK ? "\n  " : ", ");
		amount_of(w, lang, n_kind[k], kind);
	}
	ward_wr_z(w, "\n  ");
	amount(w, lang, n_relation, WARD_TEXT_ONE("{n} relation"), WARD_TEXT("{n} relations"));
	ward_wr_z(w, ", ");
	amount(w, lang, n_source, WARD_TEXT_ONE("{n} source"), WARD_TEXT("{n} sources"));
	ward_wr_hex(&version, ward_slice_of(hash, 6));
	WARD_SAY(w, lang, WARD_TEXT("; version {version}"), {"version", ward_wr_text(&version)});
	ward_wr_ch(w, '\n');
}

static void summary_text(struct ward_wr *w, const struct ward_model *m, const struct ward_diag *d,
	const struct args *a, bool colour)
{
	size_t n_note = count_notes(d);
	bool bad = d->n_error > 0;

	if (d->n)
		ward_wr_ch(w, '\n');
	if (m) {
		model_text(w, m, a->lang);
	} else {
		ward_say(w, a->lang, WARD_TEXT("No model could be built."));
		ward_wr_ch(w, '\n');
	}
	ward_wr_z(w, !colour ? "" : bad ? "\x1b[1;31m" : "\x1b[1;32m");
	amount(w, a->lang, d->n_error, WARD_TEXT_ONE("{n} error"), WARD_TEXT("{n} errors"));
	ward_wr_z(w, ", ");
	amount(w, a->lang, d->n_warning, WARD_TEXT_ONE("{n} warning"), WARD_TEXT("{n} warnings"));
	ward_wr_z(w, ", ");
	amount(w, a->lang, n_note, WARD_TEXT_ONE("{n} note"), WARD_TEXT("{n} notes"));
	ward_wr_z(w, colour ? "\x1b[0m" : "");
	if (n_note && !a->notes) {
		ward_wr_ch(w, ' ');
		ward_say(w, a->lang, WARD_TEXT("(--notes shows them)"));
	}
	if (bad)
		ward_say(w, a->lang, WARD_TEXT(": mend the errors before Ward can run on it"));
	ward_wr_ch(w, '\n');
}

static void text(struct ward_wr *w, const struct ward_model *m, const struct ward_diag *d,
	const struct args *a)
{
	bool colour = ward_cli_colour(stdout);

	for (size_t i = 0; i < d->n; i++)
		if (a->notes || d->item[i].level != WARD_DIAG_NOTE)
			finding(w, &d->item[i], colour, a->lang);
	if (d->n_dropped) {
		amount(w, a->lang, d->n_dropped, WARD_TEXT_ONE("({n} more finding is not shown)"),
			WARD_TEXT("({n} more findings are not shown)"));
		ward_wr_ch(w, '\n');
	}
	summary_text(w, m, d, a, colour);
}

static void summary_json(struct ward_wr *w, const struct ward_model *m, const struct ward_diag *d)
{
	struct ward_json j = ward_json_on(w);
	size_t n_kind[WARD_NODE_N] = {0}, n_relation = 0;
	uint8_t hash[32];

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "summary");
	if (m) {
		counts(m, n_kind, &n_relation);
		ward_json_key(&j, "hospital");
		ward_json_str(&j, ward_model_hospital(m)->id);
		ward_json_key(&j, "hash");
		ward_model_hash(m, hash);
		char hex[64];
		struct ward_wr h = ward_wr_fixed(hex, sizeof(hex));

		ward_wr_hex(&h, ward_slice_of(hash, sizeof(hash)));
		ward_json_str(&j, ward_wr_text(&h));
		ward_json_key(&j, "nodes");
		ward_json_obj(&j);
		for (unsigned k = 0; k < WARD_NODE_N; k++) {
			ward_json_key(&j, plural((enum ward_node_kind)k));
			ward_json_u64(&j, n_kind[k]);
		}
		ward_json_obj_end(&j);
		ward_json_key(&j, "relations");
		ward_json_u64(&j, n_relation);
	}
	ward_json_key(&j, "errors");
	ward_json_u64(&j, d->n_error);
	ward_json_key(&j, "warnings");
	ward_json_u64(&j, d->n_warning);
	ward_json_key(&j, "notes");
	ward_json_u64(&j, count_notes(d));
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

/* What one room has to say about the directory. `m` is NULL when no model could be built; rooms
 * that need one are then skipped. Findings go to diag; the result is OK, CONFIG, or why the room
 * could not look (IO, NOMEM). */
struct checker {
	enum ward_err (*run)(const struct args *a, const char *content, struct ward_limits *lim,
		struct ward_diag *d, struct ward_model **m);
};

static enum ward_err check_limits(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	(void)content;
	(void)m;
	return ward_model_limits(a->dir, ward_mem_heap(), d, lim);
}

static enum ward_err check_model(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	return ward_model_load(a->dir, content, lim, ward_mem_heap(), d, m);
}

static enum ward_err check_facts(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	(void)a;
	(void)content;
	(void)lim;
	/* A model with errors may not be whole. */
	if (*m && !d->n_error)
		ward_model_basis_check(*m, ward_clock_now(ward_clock_system()), d);
	return WARD_OK;
}

static enum ward_err check_propagation(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_rules *r = NULL;
	int n = snprintf(dir, sizeof(dir), "%s/propagation", content);

	(void)a;
	if (!*m)
		return WARD_OK;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	enum ward_err err = ward_rules_load(dir, *m, lim, ward_mem_heap(), d, &r);

	ward_rules_free(r);
	return err;
}

/* Attack steps, measures and facts. Content of one's own may do without. */
static enum ward_err check_attack(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	static const char *const given[WARD_FACTS_N] = {NULL};
	char dir[PATH_MAX], own[PATH_MAX];
	struct ward_attack *attack = NULL;
	struct ward_facts facts = {0};
	int n = snprintf(dir, sizeof(dir), "%s/attack", content);
	int n_own = snprintf(own, sizeof(own), "%s/attack", a->dir);

	if (n < 0 || (size_t)n >= sizeof(dir) || n_own < 0 || (size_t)n_own >= sizeof(own))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_attack_load(dir, own, *m, lim, ward_mem_heap(), d, &attack);

	if (!err || err == WARD_ERR_CONFIG)
		err = ward_facts_load(own, given, *m, lim, ward_mem_heap(), d, &facts);
	ward_facts_fini(&facts);
	ward_attack_free(attack);
	return err;
}

/* How things come back, and what can be done at once. Content of one's own may do without. */
static enum ward_err check_recovery(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[2][PATH_MAX], own[2][PATH_MAX];
	static const char *const what[] = {"recovery", "actions"};
	struct ward_works *works = NULL;
	struct ward_action_set *set = NULL;

	for (unsigned i = 0; i < 2; i++) {
		int n = snprintf(dir[i], PATH_MAX, "%s/%s", content, what[i]);
		int n_own = snprintf(own[i], PATH_MAX, "%s/%s", a->dir, what[i]);

		if (n < 0 || n >= PATH_MAX || n_own < 0 || n_own >= PATH_MAX)
			return WARD_ERR_LIMIT;
	}
	if (!*m || access(dir[0], F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_works_load(dir[0], own[0], *m, lim, ward_mem_heap(), d, &works);

	if (!err && access(dir[1], F_OK) == 0)
		err = ward_actions_load(dir[1], own[1], *m, works, lim, d, &set);
	ward_actions_free(set);
	ward_works_free(works);
	return err;
}

/* Not every hospital has said how it is left. */
static enum ward_err check_evacuation(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	struct ward_evac *e = NULL;
	enum ward_err err =
		*m ? ward_evac_load(content, a->dir, *m, lim, ward_mem_heap(), d, &e) : WARD_OK;

	ward_evac_free(e);
	return err == WARD_ERR_NOT_FOUND ? WARD_OK : err;
}

/* Content of one's own may do without. */
static enum ward_err check_inventory(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_names names;
	struct ward_inv_rules *r = NULL;
	int n = snprintf(dir, sizeof(dir), "%s/inventory", content);

	(void)a;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim);

	if (!err)
		err = ward_inv_rules_load(dir, ward_model_ontology(*m), &names, lim, d, &r);
	ward_inv_rules_free(r);
	ward_names_fini(&names);
	return err;
}

static enum ward_err check_doors(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	char path[PATH_MAX];
	struct ward_door_rules *r = NULL;
	int n = snprintf(path, sizeof(path), "%s/doors.yml", content);

	(void)a;
	if (n < 0 || (size_t)n >= sizeof(path))
		return WARD_ERR_LIMIT;
	if (!*m)
		return WARD_OK;
	enum ward_err err =
		ward_door_rules_load(path, ward_model_ontology(*m), lim, ward_mem_heap(), d, &r);

	ward_door_rules_free(r);
	return err;
}

static enum ward_err check_zones(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	(void)content;
	return *m ? ward_cli_check_zones(a->dir, *m, lim, d) : WARD_OK;
}

static enum ward_err check_evidence(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	(void)content;
	(void)lim;
	return *m ? ward_cli_check_evidence(a->dir, *m, d) : WARD_OK;
}

static enum ward_err check_baselines(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX];
	struct ward_names names;
	struct ward_bl_profiles *ps = NULL;
	int n = snprintf(dir, sizeof(dir), "%s/baselines", content);

	(void)a;
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0)
		return WARD_OK;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim);

	if (!err)
		err = ward_bl_profiles_load(dir, ward_model_threats(*m), &names, lim, d, &ps);
	ward_bl_profiles_free(ps);
	ward_names_fini(&names);
	return err;
}

/* Those of the content, then the hospital's own; each with the tests beside it. */
static enum ward_err check_log_patterns(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const char *const root[] = {content, a->dir};
	struct ward_log_patterns *p = NULL;
	struct ward_names names;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim), worst;

	(void)m;
	if (!err)
		err = ward_log_patterns_new(&names, lim, ward_mem_heap(), &p);
	worst = err;
	for (size_t i = 0; i < WARD_ARRAY_LEN(root) && !err; i++) {
		char dir[PATH_MAX];
		int n = snprintf(dir, sizeof(dir), "%s/log-patterns", root[i]);

		err = n < 0 || (size_t)n >= sizeof(dir) ? WARD_ERR_LIMIT
							: ward_log_patterns_load(p, dir, d);
		if (err == WARD_ERR_CONFIG || err == WARD_ERR_NOT_FOUND)
			err = WARD_OK; /* the findings say it; both may do without */
		worst = err;
	}
	ward_log_patterns_free(p);
	ward_names_fini(&names);
	return worst;
}

/* The content's rules, then the hospital's own lists, rules and filters. Content of one's own may
 * do without. */
static enum ward_err check_rules(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	char dir[PATH_MAX], pipelines[PATH_MAX];
	const char *const rules = dir;
	struct ward_ruleset *rs = NULL;
	int n = snprintf(dir, sizeof(dir), "%s/rules", content);

	(void)snprintf(pipelines, sizeof(pipelines), "%s/pipelines", content);
	if (n < 0 || (size_t)n >= sizeof(dir))
		return WARD_ERR_LIMIT;
	if (!*m || access(dir, F_OK) != 0 || access(pipelines, F_OK) != 0)
		return WARD_OK;
	const struct ward_ruleset_args args = {.rules = &rules,
		.n_rules = 1,
		.content = content,
		.threats = ward_model_threats(*m),
		.hospital = a->dir};
	enum ward_err err = ward_ruleset_load(&args, lim, ward_mem_heap(), d, &rs);

	ward_ruleset_free(rs);
	return err;
}

static enum ward_err check_permits(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_permit_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_permits *permits = NULL;
	enum ward_err err = *m ? ward_permits_load(&in, a->dir, &permits) : WARD_OK;

	(void)content;
	ward_permits_free(permits);
	return err;
}

static enum ward_err check_care(const struct args *a, const char *content, struct ward_limits *lim,
	struct ward_diag *d, struct ward_model **m)
{
	struct ward_care_entries entries;
	struct ward_arena arena;

	(void)content;
	ward_arena_init(&arena, ward_mem_heap(), CARE_BYTES_MAX);
	const struct ward_care_in in = {*m, lim, d, &arena};
	enum ward_err err = *m ? ward_care_entries_load(&in, a->dir, &entries) : WARD_OK;

	ward_arena_fini(&arena);
	return err;
}

static enum ward_err check_points(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_point_in in = {*m, lim, ward_mem_heap(), d};
	struct ward_points *points = NULL;
	enum ward_err err = *m ? ward_points_load(&in, a->dir, content, &points) : WARD_OK;

	ward_points_free(points);
	return err;
}

static enum ward_err check_controllers(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	return *m ? ward_cli_check_controllers(a->dir, content, *m, lim, d) : WARD_OK;
}

static enum ward_err check_scenarios(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	/* what is wrong with the points has been told */
	struct ward_diag told;
	const struct ward_point_in of = {*m, lim, ward_mem_heap(), &told};
	struct ward_points *points = NULL;
	struct ward_scenario_in in = {.m = *m, .lim = lim, .mem = ward_mem_heap(), .diag = d};
	enum ward_err err;

	if (!*m)
		return WARD_OK;
	ward_diag_init(&told, ward_mem_heap());
	err = ward_points_load(&of, a->dir, content, &points);
	in.points = points;
	if (!err || err == WARD_ERR_CONFIG)
		err = ward_scenarios_check(a->dir, &in);
	ward_points_free(points);
	ward_diag_fini(&told);
	return err;
}

static enum ward_err check_recipients(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	const struct ward_recipients_in in = {*m, lim, ward_mem_heap(), d, content};
	struct ward_recipients r = {.n = 0};
	enum ward_err err = *m ? ward_recipients_load(&in, a->dir, &r) : WARD_OK;

	ward_recipients_free(&r);
	return err;
}

static enum ward_err check_playbooks(const struct args *a, const char *content,
	struct ward_limits *lim, struct ward_diag *d, struct ward_model **m)
{
	return *m ? ward_cli_check_playbooks(a->dir, content, *m, lim, d) : WARD_OK;
}

/* In this order; each later room sees the model. */
static const struct checker checkers[] = {
	{check_limits},
	{check_model},
	{check_facts},
	{check_propagation},
	{check_attack},
	{check_recovery},
	{check_evacuation},
	{check_inventory},
	{check_doors},
	{check_zones},
	{check_evidence},
	{check_baselines},
	{check_log_patterns},
	{check_rules},
	{check_permits},
	{check_care},
	{check_points},
	{check_controllers},
	{check_scenarios},
	{check_recipients},
	{check_playbooks},
};

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	WARD_AUTO(ward_model_freep) struct ward_model *m = NULL;
	struct ward_diag d;
	struct ward_limits lim;
	bool ran = true;
	int exit = parse(cmd, argc, argv, &a);

	if (exit != WARD_EXIT_DONE)
		return exit;
	const char *content = ward_cli_content(cmd, a.content);

	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	for (size_t i = 0; i < WARD_ARRAY_LEN(checkers); i++) {
		enum ward_err err = checkers[i].run(&a, content, &lim, &d, &m);

		ran &= err == WARD_OK || err == WARD_ERR_CONFIG;
	}
	ward_diag_sort(&d);
	const struct ward_cli_lang speak = {
		a.code, content, m ? ward_model_hospital(m)->language : WARD_STR("")};

	exit = a.json ? WARD_EXIT_DONE : ward_cli_lang(cmd, &speak, &lim, &a.lang);
	if (exit != WARD_EXIT_DONE) {
		ward_diag_fini(&d);
		return exit;
	}
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	if (a.json) {
		ward_diag_write_json(&d, &w);
		summary_json(&w, m, &d);
	} else {
		text(&w, m, &d, &a);
	}
	ran &= ward_cli_put(&w, stdout);
	exit = !ran ? WARD_EXIT_RUN : d.n_error ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
	ward_wr_fini(&w);
	ward_lang_free(a.lang);
	ward_diag_fini(&d);
	return exit;
}

const struct ward_cmd ward_cmd_check = {
	.name = "check",
	.summary = "is a hospital directory right? every problem with its mend",
	.help = "usage: ward check [--content DIR] [--lang CODE] [--notes] [--json] DIR\n\n"
		"Reads a hospital directory (docs/hospital-directory.md), its scenarios\n"
		"(docs/scenarios.md), its log patterns with their tests (docs/log-patterns.md), "
		"its\n"
		"rules and filters (docs/rules.md), its works permits (docs/permits.md), its\n"
		"entries of availability (docs/availability.md), its points (docs/points.md), its\n"
		"recipients (docs/webhooks.md) and the content it is used with, and reports every\n"
		"problem at once: file, line, what is wrong, the mend.\n\n"
		"  --content DIR  the content directory (default: WARD_CONTENT, else Ward's own)\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                 languages); what is misspelt or missing in a file is said in "
		"English,\n"
		"                 and so is --json\n"
		"  --notes        show notes too: things that may well be meant\n"
		"  --json         one finding per line, then one summary\n\n"
		"Exit codes: 0 nothing wrong (warnings may be there), 1 errors, 3 could not "
		"read.\n",
	.run = run,
};
