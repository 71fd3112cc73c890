#include "cli/commands.h"
#include "cli/permit.h"
#include "cli/rewrite.h"
#include "cli/stored.h"
#include "cli/when.h"
#include "comply/pseudonym.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { OUT_BYTES_MAX = 64 << 20, NUMBERS_MAX = 1000 };

struct add {
	struct ward_cli_hospital x;
	struct ward_permit_row row;
	const char *from, *until, *lasts, *badge, *state;
	struct ward_wr list[WARD_PERMIT_COL_N]; /* of options that may come several times */
};

/* One more word of a list. */
static void more(struct add *a, enum ward_permit_column c, const char *value)
{
	struct ward_wr *w = &a->list[c];

	if (w->len)
		ward_wr_ch(w, ' ');
	ward_wr_z(w, value);
	a->row.cell[c] = ward_wr_text(w);
}

static int option(struct add *a, const char *name, const char *value)
{
	static const struct {
		const char *name;
		enum ward_permit_column c;
	} words[] = {{"--place", WARD_PERMIT_COL_PLACE}, {"--asset", WARD_PERMIT_COL_ASSET},
		{"--effect", WARD_PERMIT_COL_EFFECTS}},
	  texts[] = {{"--who", WARD_PERMIT_COL_WHO}, {"--why", WARD_PERMIT_COL_WHY},
		  {"--id", WARD_PERMIT_COL_ID}, {"--token", WARD_PERMIT_COL_BADGE}};
	const struct {
		const char *name;
		const char **to;
	} plain[] = {{"--from", &a->from}, {"--until", &a->until}, {"--for", &a->lasts},
		{"--badge", &a->badge}, {"--state", &a->state}, {"--content", &a->x.content}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(words); i++)
		if (strcmp(name, words[i].name) == 0)
			return more(a, words[i].c, value), WARD_EXIT_DONE;
	for (size_t i = 0; i < WARD_ARRAY_LEN(texts); i++)
		if (strcmp(name, texts[i].name) == 0)
			return a->row.cell[texts[i].c] = ward_str_z(value), WARD_EXIT_DONE;
	for (size_t i = 0; i < WARD_ARRAY_LEN(plain); i++)
		if (strcmp(name, plain[i].name) == 0)
			return *plain[i].to = value, WARD_EXIT_DONE;
	return ward_cli_usage(a->x.cmd, "'%s' is not an option", name);
}

static int parse(struct add *a, int argc, char **argv)
{
	int code = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !code; i++) {
		if (argv[i][0] != '-' && !a->x.dir)
			a->x.dir = argv[i];
		else if (argv[i][0] != '-')
			code = ward_cli_usage(a->x.cmd, "'%s' is one word too many", argv[i]);
		else if (i + 1 == argc)
			code = ward_cli_usage(a->x.cmd, "%s needs a value", argv[i]);
		else
			code = option(a, argv[i], argv[i + 1]), i++;
	}
	if (code)
		return code;
	if (!a->x.dir)
		return ward_cli_usage(a->x.cmd, "give the hospital directory");
	if (!a->row.cell[WARD_PERMIT_COL_PLACE].len && !a->row.cell[WARD_PERMIT_COL_ASSET].len)
		return ward_cli_usage(a->x.cmd, "where? give --place or --asset");
	if (!a->row.cell[WARD_PERMIT_COL_EFFECTS].len)
		return ward_cli_usage(
			a->x.cmd, "what is to be expected? give --effect, as 'fire.*'");
	if (!a->row.cell[WARD_PERMIT_COL_WHO].len)
		return ward_cli_usage(a->x.cmd, "who works there? give --who, a firm or a trade");
	if (!a->until == !a->lasts)
		return ward_cli_usage(a->x.cmd, "until when? give --until TIME or --for 2h");
	if (a->badge && a->row.cell[WARD_PERMIT_COL_BADGE].len)
		return ward_cli_usage(a->x.cmd, "--badge and --token go one at a time");
	return WARD_EXIT_DONE;
}

static int bad_time(const struct add *a, const char *name, const char *value)
{
	return ward_cli_usage(a->x.cmd,
		"%s: '%s' is not a time; write 09:00, '2026-03-19 09:00' or "
		"2026-03-19T09:00:00+01:00",
		name, value);
}

static int times(struct add *a, ward_ns now)
{
	ward_ns from = now, until, lasts;

	if (a->from && !ward_cli_time(ward_str_z(a->from), now, &from))
		return bad_time(a, "--from", a->from);
	if (a->until && !ward_cli_time(ward_str_z(a->until), from, &until))
		return bad_time(a, "--until", a->until);
	if (a->lasts && (ward_duration_parse(ward_str_z(a->lasts), &lasts) != WARD_OK ||
				!ward_add(from, lasts, &until)))
		return ward_cli_usage(
			a->x.cmd, "--for: '%s' is not a length of time; write 90m or 2h", a->lasts);
	a->row.cell[WARD_PERMIT_COL_FROM] = ward_cli_stamp(&a->x.arena, from);
	a->row.cell[WARD_PERMIT_COL_UNTIL] = ward_cli_stamp(&a->x.arena, until);
	a->row.cell[WARD_PERMIT_COL_MADE] = ward_cli_stamp(&a->x.arena, now);
	a->row.cell[WARD_PERMIT_COL_BY] = ward_cli_account(&a->x.arena);
	return WARD_EXIT_DONE;
}

/* The first number of the day that no other permit has. */
static int name_it(struct add *a)
{
	struct ward_str made = a->row.cell[WARD_PERMIT_COL_MADE];
	struct ward_permit_row other;
	char id[32];

	for (unsigned n = 1; !a->row.cell[WARD_PERMIT_COL_ID].len && n < NUMBERS_MAX; n++) {
		(void)snprintf(
			id, sizeof(id), "w-%.4s%.2s%.2s-%u", made.p, made.p + 5, made.p + 8, n);
		if (!ward_permit_row_find(
			    &a->x.lim, &a->x.arena, a->x.text, ward_str_z(id), &other))
			a->row.cell[WARD_PERMIT_COL_ID] =
				ward_arena_str(&a->x.arena, ward_str_z(id));
	}
	if (ward_permit_row_find(
		    &a->x.lim, &a->x.arena, a->x.text, a->row.cell[WARD_PERMIT_COL_ID], &other))
		return ward_cli_usage(a->x.cmd, "the id '%.*s' is taken; give another, or none",
			WARD_STR_ARG(a->row.cell[WARD_PERMIT_COL_ID]));
	return WARD_EXIT_DONE;
}

/* The token that stands for a card's number in this hospital: by the key of its live system. */
static int token(struct add *a)
{
	char state[PATH_MAX], path[PATH_MAX + 32];
	struct ward_pseudonym key;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 4096);
	int code = ward_cli_state(a->x.cmd, a->state, ward_model_hospital(a->x.model)->id, state);

	if (code)
		return code;
	(void)snprintf(path, sizeof(path), "%s/pseudonym/key", state);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool ok = fd >= 0 && read(fd, key.key, sizeof(key.key)) == (ssize_t)sizeof(key.key);
	int e = errno;

	if (fd >= 0)
		(void)close(fd);
	if (!ok)
		return ward_cli_fail(a->x.cmd,
			"--badge needs the key in '%s' (%s): be the user of 'ward run', or give "
			"--token p-… as the badge is called in Ward's records",
			path, strerror(e));
	ward_pseudonym_write(&key, ward_str_z(a->badge), &w);
	ward_wipe(&key, sizeof(key));
	a->row.cell[WARD_PERMIT_COL_BADGE] = ward_arena_str(&a->x.arena, ward_wr_text(&w));
	ward_wr_fini(&w);
	return WARD_EXIT_DONE;
}

static int told(const struct add *a, struct ward_slice text, ward_ns now)
{
	WARD_AUTO(ward_permits_freep) struct ward_permits *all = NULL;
	struct ward_str id = a->row.cell[WARD_PERMIT_COL_ID];
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	enum ward_err err = ward_permits_new(a->x.model, &a->x.lim, ward_mem_heap(), &all);

	if (!err)
		err = ward_permits_parse(&a->x.in, ward_str_z(a->x.path), text, all);
	const struct ward_permit *p = err ? NULL : ward_permits_find(all, id);

	if (p)
		ward_cli_permit_say(&a->x, p, now, &w);
	bool put = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	fprintf(stderr,
		"ward permit add: written to %s; a running Ward honours it within seconds.\n"
		"Earlier than planned: ward permit end %s %.*s\n",
		a->x.path, a->x.dir, WARD_STR_ARG(id));
	return put && p ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

static int add(struct add *a, ward_ns now)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	int code = times(a, now);

	if (!code)
		code = name_it(a);
	if (!code && a->badge)
		code = token(a);
	if (!code && ward_permit_row_set(&a->x.in, ward_str_z(a->x.path), a->x.text, &a->row, &w) !=
			     WARD_OK) {
		ward_cli_hospital_findings(&a->x);
		code = WARD_EXIT_INPUT;
	}
	if (!code)
		code = ward_cli_permit_write(&a->x, ward_wr_slice(&w));
	if (!code)
		code = told(a, ward_wr_slice(&w), now);
	ward_wr_fini(&w);
	return code;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct add *a = calloc(1, sizeof(*a));

	if (!a)
		return ward_cli_fail(cmd, "out of memory");
	a->x.cmd = cmd;
	for (size_t i = 0; i < WARD_PERMIT_COL_N; i++)
		a->list[i] = ward_wr_grow(ward_mem_heap(), 1 << 16);
	int code = parse(a, argc, argv);

	if (!code) {
		code = ward_cli_hospital_open(&a->x, true);
		if (!code)
			code = add(a, ward_clock_now(ward_clock_system()));
		ward_cli_hospital_fini(&a->x);
	}
	for (size_t i = 0; i < WARD_PERMIT_COL_N; i++)
		ward_wr_fini(&a->list[i]);
	free(a);
	return code;
}

const struct ward_cmd ward_cmd_permit_add = {
	.name = "permit add",
	.summary = "works: what is expected where and until when, so that it raises no alarm",
	.help = "usage: ward permit add HOSPITAL --place ID --effect THREAT --who FIRM\n"
		"                       (--until TIME | --for 2h) [OPTION…]\n\n"
		"A works permit. What it expects is kept and shown as expected, and opens no\n"
		"incident; anything else, anywhere else, by anybody else or later counts as "
		"always,\n"
		"and Ward says why the permit did not cover it. Written as one line to\n"
		"HOSPITAL/permits.csv (docs/permits.md); 'ward run' honours it within seconds.\n\n"
		"  --place ID      building, floor, zone, room, door or network; several: again, "
		"or\n"
		"                  'a1 a2'\n"
		"  --asset ID      only on these devices (with --place: and there)\n"
		"  --effect CODE   threat that the work looks like (content/threats.yml), or "
		"'fire.*'\n"
		"  --who TEXT      firm or trade; no person's name\n"
		"  --why TEXT      what is done\n"
		"  --from TIME     09:00, '2026-03-19 09:00' (the hospital's clock) or RFC 3339;\n"
		"                  default: now\n"
		"  --until TIME    the same; or --for 90m\n"
		"  --badge NUMBER  only this card, which is kept as a token (needs the state's "
		"key)\n"
		"  --token p-…     the same, where the token is known\n"
		"  --id ID         default: w-DATE-NUMBER\n"
		"  --state DIR, --content DIR   as for 'ward run'\n\n"
		"Example, a fire technician tests detectors on floor a2 until eleven:\n"
		"  ward permit add turin --place a2 --effect 'fire.*' --who 'Fire technician'\n"
		"                  --until 11:00\n\n"
		"Exit: 0 done, 1 refused (told), 2 usage, 3 could not run.\n",
	.run = run,
};
