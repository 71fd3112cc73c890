#include "cli/check_rooms.h"
#include "cli/commands.h"
#include "cli/lang.h"

enum { OUT_MAX = 64 << 20 };

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
	ward_cli_plain(
		w, h->name.len ? h->name
			       : ward_lang_text(lang, ward_str_z(WARD_TEXT("(unnamed hospital)"))));
	if (h->city.len) {
		ward_wr_z(w, ", ");
		ward_cli_plain(w, h->city);
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
			ward_cli_write_finding(w, &d->item[i], colour, a->lang);
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

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct args a = {.dir = NULL};
	WARD_AUTO(ward_model_freep) struct ward_model *m = NULL;
	struct ward_diag d;
	struct ward_limits lim;
	int exit = parse(cmd, argc, argv, &a);

	if (exit != WARD_EXIT_DONE)
		return exit;
	const char *content = ward_cli_content(cmd, a.content);

	if (!content)
		return WARD_EXIT_RUN;
	ward_limits_default(&lim);
	ward_diag_init(&d, ward_mem_heap());
	bool ran = ward_cli_check_rooms(a.dir, content, &lim, &d, &m);

	ward_diag_sort(&d);
	const struct ward_cli_lang speak = {
		a.code, content, m ? ward_model_hospital(m)->language : WARD_STR("")};

	exit = a.json && !a.code ? WARD_EXIT_DONE : ward_cli_lang(cmd, &speak, &lim, &a.lang);
	if (exit != WARD_EXIT_DONE) {
		ward_diag_fini(&d);
		return exit;
	}
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_MAX);

	if (a.json) {
		ward_cli_say_findings(&d, a.lang);
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
		"recipients (docs/webhooks.md, docs/ways.md), its readers (docs/exchange.md),\n"
		"who is on call (docs/telling.md) and the content it is used with, and reports\n"
		"every problem at once: file, line, what is wrong, the mend.\n\n"
		"  --content DIR  the content directory (default: WARD_CONTENT, else Ward's own)\n"
		"  --lang CODE    en, fr, it, nl (default: $WARD_LANG, else the first of the "
		"hospital's\n"
		"                 languages; of --json: English); what no language has is said "
		"in\n"
		"                 English\n"
		"  --notes        show notes too: things that may well be meant\n"
		"  --json         one finding per line, then one summary\n\n"
		"Exit codes: 0 nothing wrong (warnings may be there), 1 errors, 3 could not "
		"read.\n",
	.run = run,
};
