#include "cli/commands.h"
#include "cli/permit.h"
#include "cli/rewrite.h"
#include "model/permit/ical.h"
#include "story/zone.h"

#include <stdlib.h>

enum { OUT_BYTES_MAX = 64 << 20, UID_KEPT = 40 };

struct import {
	struct ward_cli_hospital x;
	const char *file;
	struct ward_permit_row given; /* what the options say for all rows */
	struct ward_wr text[2];       /* the file as it becomes, in turn */
	unsigned at;
	struct ward_arena scratch; /* of one look for a row */
	size_t n_new, n_changed, n_same, n_ended;
	ward_ns now;
};

static int parse(struct import *im, int argc, char **argv)
{
	static const struct {
		const char *name;
		enum ward_permit_column c;
	} options[] = {{"--place", WARD_PERMIT_COL_PLACE}, {"--asset", WARD_PERMIT_COL_ASSET},
		{"--effect", WARD_PERMIT_COL_EFFECTS}, {"--who", WARD_PERMIT_COL_WHO},
		{"--token", WARD_PERMIT_COL_BADGE}};

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		while (k < WARD_ARRAY_LEN(options) && strcmp(argv[i], options[k].name) != 0)
			k++;
		if (argv[i][0] == '-' && i + 1 == argc)
			return ward_cli_usage(im->x.cmd, "%s needs a value", argv[i]);
		if (k < WARD_ARRAY_LEN(options))
			im->given.cell[options[k].c] = ward_str_z(argv[++i]);
		else if (strcmp(argv[i], "--content") == 0)
			im->x.content = argv[++i];
		else if (argv[i][0] == '-')
			return ward_cli_usage(im->x.cmd, "'%s' is not an option", argv[i]);
		else if (!im->x.dir)
			im->x.dir = argv[i];
		else if (!im->file)
			im->file = argv[i];
		else
			return ward_cli_usage(im->x.cmd, "'%s' is one word too many", argv[i]);
	}
	return im->file ? WARD_EXIT_DONE
			: ward_cli_usage(
				  im->x.cmd, "give the hospital directory and the file to import");
}

/* What a person would call the same permit: all but when it was made, by whom, and how it ended. */
static bool same(const struct ward_permit_row *a, const struct ward_permit_row *b)
{
	for (unsigned c = 0; c < WARD_PERMIT_COL_MADE; c++)
		if (!ward_str_eq(a->cell[c], b->cell[c]))
			return false;
	return true;
}

/* Puts one row into the text; a permit that was ended here stays ended. */
static enum ward_err take(struct import *im, struct ward_permit_row *row)
{
	struct ward_slice text = ward_wr_slice(&im->text[im->at]);
	struct ward_permit_row old;

	ward_arena_reset(&im->scratch);
	bool there = ward_permit_row_find(
		&im->x.lim, &im->scratch, text, row->cell[WARD_PERMIT_COL_ID], &old);

	for (unsigned c = 0; c < WARD_PERMIT_COL_N; c++)
		if (im->given.cell[c].len)
			row->cell[c] = im->given.cell[c];
	if (there && old.cell[WARD_PERMIT_COL_ENDED].len)
		return im->n_ended++, WARD_OK;
	if (there && same(row, &old))
		return im->n_same++, WARD_OK;
	im->n_changed += there;
	im->n_new += !there;
	row->cell[WARD_PERMIT_COL_MADE] = ward_cli_stamp(&im->x.arena, im->now);
	row->cell[WARD_PERMIT_COL_BY] = ward_cli_account(&im->x.arena);
	struct ward_wr *to = &im->text[!im->at];

	ward_wr_reset(to);
	enum ward_err err = ward_permit_row_set(&im->x.in, ward_str_z(im->x.path), text, row, to);

	im->at = !im->at;
	return err;
}

static bool zone_at(void *ctx, struct ward_str zone, const struct ward_ical_civil *at, ward_ns *ret)
{
	struct import *im = ctx;
	struct ward_str own = ward_model_hospital(im->x.model)->timezone;
	const struct ward_local l = {.year = at->year,
		.month = at->month,
		.day = at->day,
		.hour = at->hour,
		.minute = at->minute,
		.second = at->second};
	bool ok =
		ward_zone_use(zone.len ? zone : own) == WARD_OK && ward_zone_at(&l, ret) == WARD_OK;

	return ward_zone_use(own) == WARD_OK && ok;
}

/* "Wartung 7@firma.de" at 9 on 19 March gives "wartung-7-firma.de-20260319t0900". */
static struct ward_str id_of(struct import *im, const struct ward_ical_date *d)
{
	char id[WARD_PERMIT_ID_MAX];
	struct ward_wr w = ward_wr_fixed(id, sizeof(id));

	for (size_t i = 0; i < d->uid.len && w.len < UID_KEPT; i++) {
		char c = d->uid.p[i];
		bool upper = c >= 'A' && c <= 'Z', plain = (c >= 'a' && c <= 'z') ||
							   (c >= '0' && c <= '9') || c == '.' ||
							   c == '_';

		if (plain || upper)
			ward_wr_ch(&w, upper ? (char)(c + ('a' - 'A')) : c);
		else if (w.len && id[w.len - 1] != '-')
			ward_wr_ch(&w, '-');
	}
	if (!w.len || id[0] == '.' || id[0] == '_')
		id[0] = 'x', w.len += !w.len;
	ward_wr_printf(&w, "-%04d%02d%02dt%02d%02d", d->at.year, d->at.month, d->at.day, d->at.hour,
		d->at.minute);
	return ward_arena_str(&im->x.arena, ward_wr_text(&w));
}

/* "a1, a2" and "fire.*,fire.smoke" are words. */
static struct ward_str words(struct import *im, struct ward_str s)
{
	char *to = ward_arena_alloc(&im->x.arena, s.len + 1);

	for (size_t i = 0; to && i < s.len; i++)
		to[i] = s.p[i] == ',' || s.p[i] == ';' ? ' ' : s.p[i];
	return (struct ward_str){to, to ? s.len : 0};
}

static enum ward_err on_date(void *ctx, const struct ward_ical_date *d)
{
	struct import *im = ctx;
	struct ward_permit_row row = {.cell = {{NULL, 0}}};

	if (!d->uid.len)
		ward_diag_addf(&im->x.diag, WARD_DIAG_ERROR, ward_str_z(im->file), d->line,
			WARD_TEXT("the event has no UID\nadd one: it tells a changed permit from a "
				  "new one"));
	if (d->until < im->now)
		return im->n_ended++, WARD_OK; /* over: it would cover nothing */
	row.cell[WARD_PERMIT_COL_ID] = id_of(im, d);
	row.cell[WARD_PERMIT_COL_PLACE] = words(im, d->location);
	row.cell[WARD_PERMIT_COL_EFFECTS] = words(im, d->categories);
	row.cell[WARD_PERMIT_COL_WHO] = d->contact;
	row.cell[WARD_PERMIT_COL_WHY] = ward_str_sub(d->summary, 0, WARD_PERMIT_TEXT_MAX);
	while (!ward_utf8_valid(ward_str_bytes(row.cell[WARD_PERMIT_COL_WHY]), NULL))
		row.cell[WARD_PERMIT_COL_WHY].len--;
	row.cell[WARD_PERMIT_COL_FROM] = ward_cli_stamp(&im->x.arena, d->from);
	row.cell[WARD_PERMIT_COL_UNTIL] = ward_cli_stamp(&im->x.arena, d->until);
	for (unsigned c = 0; c < WARD_PERMIT_COL_N; c++) /* d's texts die with the call */
		row.cell[c] = ward_arena_str(&im->x.arena, row.cell[c]);
	return take(im, &row);
}

static enum ward_err from_table(struct import *im, struct ward_slice text)
{
	struct ward_csv t;
	enum ward_err err = ward_conf_csv(
		&im->x.arena, &im->x.lim, ward_str_z(im->file), text, &im->x.diag, &t);

	for (size_t i = 0; !err && i < t.n_row; i++) {
		struct ward_permit_row row = {.cell = {{NULL, 0}}};

		for (unsigned c = 0; c < WARD_PERMIT_COL_N; c++) {
			size_t at = ward_csv_column(
				&t, ward_permit_column_name((enum ward_permit_column)c));

			if (at != SIZE_MAX)
				row.cell[c] = ward_str_trim(t.row[i].cell[at]);
		}
		if (!row.cell[WARD_PERMIT_COL_ID].len)
			ward_diag_addf(&im->x.diag, WARD_DIAG_ERROR, t.file, t.row[i].line,
				WARD_TEXT("'id' is missing\nadd it: it tells a changed permit from "
					  "a new one"));
		else
			err = take(im, &row);
	}
	return err;
}

static int import(struct import *im)
{
	struct ward_slice text;
	const struct ward_ical_opts o = {.mem = ward_mem_heap(),
		.lim = &im->x.lim,
		.diag = &im->x.diag,
		.zone = zone_at,
		.fn = on_date,
		.ctx = im};
	enum ward_err err = ward_conf_read(&im->x.arena, &im->x.lim, im->file, &im->x.diag, &text);

	ward_wr_bytes(&im->text[0], im->x.text.p, im->x.text.len);
	if (!err && ward_ical_is(text))
		err = ward_ical_parse(&o, ward_str_z(im->file), text);
	else if (!err)
		err = from_table(im, text);
	if (err || im->x.diag.n_error) {
		ward_cli_hospital_findings(&im->x);
		(void)ward_cli_fail(im->x.cmd, "nothing was written to '%s'", im->x.path);
		return err == WARD_ERR_NOMEM || err == WARD_ERR_NOT_FOUND || err == WARD_ERR_IO
			       ? WARD_EXIT_RUN
			       : WARD_EXIT_INPUT;
	}
	int code = im->n_new + im->n_changed
			   ? ward_cli_permit_write(&im->x, ward_wr_slice(&im->text[im->at]))
			   : WARD_EXIT_DONE;

	if (!code)
		printf("%zu new, %zu changed, %zu as they were, %zu over or ended and left out; "
		       "'ward permit list %s' shows them\n",
			im->n_new, im->n_changed, im->n_same, im->n_ended, im->x.dir);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct import *im = calloc(1, sizeof(*im));

	if (!im)
		return ward_cli_fail(cmd, "out of memory");
	im->x.cmd = cmd;
	im->now = ward_clock_now(ward_clock_system());
	im->text[0] = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	im->text[1] = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	ward_arena_init(&im->scratch, ward_mem_heap(), OUT_BYTES_MAX);
	int code = parse(im, argc, argv);

	if (!code) {
		code = ward_cli_hospital_open(&im->x, true);
		if (!code)
			code = import(im);
		ward_cli_hospital_fini(&im->x);
	}
	ward_arena_fini(&im->scratch);
	ward_wr_fini(&im->text[0]);
	ward_wr_fini(&im->text[1]);
	free(im);
	return code;
}

const struct ward_cmd ward_cmd_permit_import = {
	.name = "permit import",
	.summary = "works permits out of a calendar (iCalendar) or a table (CSV)",
	.help = "usage: ward permit import [OPTION…] HOSPITAL FILE\n\n"
		"Adds works permits to HOSPITAL/permits.csv: of a calendar (RFC 5545) each date "
		"of\n"
		"each VEVENT, of a table each row (the columns of permits.csv). Imported again, a\n"
		"permit is known by its id (UID and begin) and changed where the file changed. "
		"All\n"
		"of it or nothing is taken in; each problem is told with its line.\n\n"
		"A calendar's LOCATION gives the places (ids), CATEGORIES the effects, CONTACT "
		"who\n"
		"works, SUMMARY why. Series: daily or weekly, with COUNT or UNTIL. What is "
		"missing,\n"
		"or is to be another for all:\n"
		"  --place IDS  --asset IDS  --effect CODES  --who TEXT  --token p-…\n"
		"  --content DIR   instead of the content that belongs to this program\n\n"
		"Exit: 0 done, 1 refused (told), 2 usage, 3 could not run.\n",
	.run = run,
};
