#include "care/have.h"
#include "cli/commands.h"
#include "cli/lang.h"
#include "conf/conf.h"
#include "sense/cap/de.h"
#include "story/text.h"

enum { ARENA_BYTES = 256 << 20, OUT_BYTES_MAX = 256 << 20, FILES_MAX = 256, NAME_COLS = 32 };

struct others {
	const struct ward_cmd *cmd;
	const char *file[FILES_MAX];
	size_t n_file;
	bool json, xml;
	struct ward_limits lim;
	struct ward_diag diag;
	struct ward_arena arena;
};

static int parse(struct others *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			o->json = true;
		else if (strcmp(argv[i], "--xml") == 0)
			o->xml = true;
		else if (argv[i][0] == '-')
			return ward_cli_usage(o->cmd, "'%s' is not an option", argv[i]);
		else if (o->n_file == FILES_MAX)
			return ward_cli_usage(o->cmd, "more than %d files", FILES_MAX);
		else
			o->file[o->n_file++] = argv[i];
	}
	if (!o->n_file)
		return ward_cli_usage(o->cmd, "give a file of EDXL-HAVE 1.0");
	return o->json && o->xml ? ward_cli_usage(o->cmd, "--json and --xml go one at a time")
				 : WARD_EXIT_DONE;
}

static void put_str(struct ward_json *j, const char *key, struct ward_str s)
{
	if (!s.len)
		return;
	ward_json_key(j, key);
	ward_json_str(j, s);
}

static void put_count(struct ward_json *j, const char *key, int64_t n)
{
	ward_json_key(j, key);
	if (n == WARD_CARE_NONE)
		ward_json_null(j);
	else
		ward_json_i64(j, n);
}

static void put_json(const struct ward_have_hospital *h, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "other_hospital");
	put_str(&j, "name", h->name);
	ward_json_key(&j, "exercise");
	ward_json_bool(&j, h->exercise);
	ward_json_key(&j, "updated");
	ward_json_time(&j, h->updated);
	put_str(&j, "ambulances", h->traffic);
	put_str(&j, "facility", h->facility);
	put_str(&j, "security", h->security);
	put_str(&j, "clinical", h->clinical);
	put_str(&j, "staffing", h->staffing);
	ward_json_key(&j, "beds");
	ward_json_arr(&j);
	for (unsigned t = 0; t < WARD_BED_N; t++) {
		if (!h->bed[t].said)
			continue;
		ward_json_obj(&j);
		ward_json_key(&j, "type");
		ward_json_z(&j, ward_bed_type_name((enum ward_bed_type)t));
		put_count(&j, "available", h->bed[t].available);
		put_count(&j, "baseline", h->bed[t].baseline);
		ward_json_obj_end(&j);
	}
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static void put_text(const struct ward_have_hospital *h, struct ward_wr *w)
{
	const struct {
		const char *what;
		struct ward_str said;
	} row[] = {{"ambulances", h->traffic}, {"facility", h->facility}, {"security", h->security},
		{"clinical", h->clinical}, {"staffing", h->staffing}};

	(void)ward_text_line(w, h->name, NAME_COLS);
	ward_wr_z(w, ", as of ");
	ward_time_write(w, h->updated);
	ward_wr_z(w, h->exercise ? ", EXERCISE\n" : "\n");
	for (size_t i = 0; i < WARD_ARRAY_LEN(row); i++) {
		if (!row[i].said.len)
			continue;
		ward_wr_printf(w, "  %-12s ", row[i].what);
		(void)ward_text_line(w, row[i].said, NAME_COLS);
		ward_wr_ch(w, '\n');
	}
	for (unsigned t = 0; t < WARD_BED_N; t++) {
		if (!h->bed[t].said || h->bed[t].available == WARD_CARE_NONE)
			continue;
		ward_wr_printf(w, "  %-20s %5lld free", ward_bed_type_name((enum ward_bed_type)t),
			(long long)h->bed[t].available);
		if (h->bed[t].baseline != WARD_CARE_NONE)
			ward_wr_printf(w, " of %lld", (long long)h->bed[t].baseline);
		ward_wr_ch(w, '\n');
	}
}

static void show(const struct others *o, const struct ward_have *h, struct ward_wr *w)
{
	for (size_t i = 0; i < h->n && !o->xml; i++)
		(o->json ? put_json : put_text)(&h->hospital[i], w);
}

/* What a distribution carries of it. */
static enum ward_err carried(
	struct others *o, struct ward_str path, const struct ward_xmldoc *x, struct ward_wr *w)
{
	const char *why;
	uint32_t line;
	struct ward_de de;
	enum ward_err err = WARD_OK;
	size_t n = 0;

	if (ward_de_read(x, &de, &why, &line) != WARD_OK) {
		ward_diag_addf(&o->diag, WARD_DIAG_ERROR, path, line,
			WARD_TEXT("%s\ngive a distribution of EDXL-DE 1.0"), why);
		return WARD_ERR_CONFIG;
	}
	for (size_t i = 0; i < de.n && !err; i++) {
		struct ward_have h = {.n = 0};

		if (!ward_str_eqz(x->elem[de.content[i]].name, "HospitalStatus"))
			continue;
		n++;
		err = ward_xmldoc_part(x, de.content[i], &h.doc);
		if (!err)
			err = ward_have_take(path, &o->arena, &o->diag, &h);
		for (size_t k = 0; k < h.n; k++)
			h.hospital[k].exercise |= !de.real;
		if (!err)
			show(o, &h, w);
		if (err != WARD_ERR_NOMEM)
			ward_have_fini(&h);
	}
	if (!n)
		ward_diag_addf(&o->diag, WARD_DIAG_WARNING, path, x->elem[0].line,
			WARD_TEXT("the distribution carries no EDXL-HAVE\nward sense cap reads "
				  "alerts in it"));
	return err;
}

static enum ward_err one(struct others *o, const char *path, struct ward_wr *w)
{
	struct ward_xmldoc x = {.mem = o->arena.mem, .arena = &o->arena};
	struct ward_slice bytes;
	struct ward_have h;
	enum ward_err err = ward_conf_read(&o->arena, &o->lim, path, &o->diag, &bytes);

	if (err)
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_CONFIG;
	if (ward_xmldoc_read(&x, bytes) == WARD_OK && ward_de_is(&x)) {
		err = carried(o, ward_str_z(path), &x, w);
		if (!err && o->xml) {
			ward_xmldoc_write(&x, w);
			ward_wr_ch(w, '\n');
		}
		ward_xmldoc_fini(&x);
		return err;
	}
	ward_xmldoc_fini(&x);
	err = ward_have_read(bytes, ward_str_z(path), &o->arena, &o->diag, &h);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (!err)
		show(o, &h, w);
	if (!err && o->xml) {
		ward_xmldoc_write(&h.doc, w);
		ward_wr_ch(w, '\n');
	}
	ward_have_fini(&h);
	return err;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct others o = {.cmd = cmd};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	int code = parse(&o, argc, argv);

	if (code)
		return code;
	ward_limits_default(&o.lim);
	ward_diag_init(&o.diag, ward_mem_heap());
	ward_arena_init(&o.arena, ward_mem_heap(), ARENA_BYTES);
	for (size_t i = 0; i < o.n_file && code != WARD_EXIT_RUN; i++) {
		enum ward_err err = one(&o, o.file[i], &w);

		if (err == WARD_ERR_CONFIG)
			code = WARD_EXIT_INPUT;
		else if (err)
			code = ward_cli_fail(cmd, "'%s': %s", o.file[i], ward_err_text(err));
	}
	ward_cli_findings_in(cmd, &o.diag, NULL,
		&(struct ward_cli_lang){NULL, ward_cli_content(cmd, NULL), WARD_STR("")});
	if (!ward_cli_put(&w, stdout))
		code = WARD_EXIT_RUN;
	ward_wr_fini(&w);
	ward_arena_fini(&o.arena);
	ward_diag_fini(&o.diag);
	return code;
}

const struct ward_cmd ward_cmd_care_have = {
	.name = "care have",
	.summary = "what other hospitals say that they can take: EDXL-HAVE 1.0, checked and shown",
	.help = "usage: ward care have [--json | --xml] FILE…\n\n"
		"Each document, alone or in a distribution (EDXL-DE 1.0), is held to the schema "
		"of\n"
		"EDXL-HAVE 1.0 and to what its text asks beyond (docs/availability.md), then\n"
		"shown: ambulances, facility, security, free beds by type. One that is wrong is\n"
		"refused whole, with file, line and mend; the others are shown.\n\n"
		"  --json   one object per hospital and line\n"
		"  --xml    the document again, with all that was in it\n\n"
		"Exit: 0 done, 1 a document was refused (reported), 2 wrong usage, 3 could not "
		"run.\n",
	.run = run,
};
