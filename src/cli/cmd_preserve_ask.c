#include "cli/clip.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "conf/conf.h"
#include "sense/onvif/onvif.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIST_BYTES = 16 << 20, ARENA_BYTES = 64 << 20, HELD_MAX = 256, IS_MAX = 64 };

/* What a recorder holds, as the process told it. */
struct held {
	struct ward_str recording, source, name, uri;
	ward_ns from, to;
};

struct ask {
	struct ward_cli_device device;
	const char *state;
	struct ward_str camera[IS_MAX], is[IS_MAX]; /* that camera is that recording */
	size_t n_is;
	struct ward_arena arena;
	struct held held[HELD_MAX];
	size_t n_held;
	size_t n_missing; /* of the list: not held whole */
};

static int option(const struct ward_cmd *cmd, int argc, char **argv, int *i, struct ask *a)
{
	bool camera = strcmp(argv[*i], "--camera") == 0;
	int rc;

	if (ward_cli_device_option(cmd, argc, argv, i, &a->device, &rc))
		return rc;
	if (!camera && strcmp(argv[*i], "--state") != 0)
		return ward_cli_usage(cmd, "'%s' is not an option", argv[*i]);
	if (*i + 1 == argc)
		return ward_cli_usage(cmd, "%s needs a value", argv[*i]);
	const char *value = argv[++*i];

	if (!camera) {
		a->state = value;
		return WARD_EXIT_DONE;
	}
	if (a->n_is == IS_MAX)
		return ward_cli_usage(cmd, "at most %d times --camera", (int)IS_MAX);
	struct ward_str is = ward_str_z(value), key = ward_str_cut(&is, '=');

	if (!key.len || !is.len)
		return ward_cli_usage(cmd, "--camera needs KEY=RECORDING");
	a->camera[a->n_is] = key;
	a->is[a->n_is++] = is;
	return WARD_EXIT_DONE;
}

static int parse(const struct ward_cmd *cmd, int argc, char **argv, struct ask *a)
{
	struct ward_onvif_url url;
	const char *why;
	int rc = WARD_EXIT_DONE;

	for (int i = 1; i < argc && !rc; i++) {
		if (argv[i][0] == '-')
			rc = option(cmd, argc, argv, &i, a);
		else if (a->device.url)
			rc = ward_cli_usage(cmd, "one recorder only");
		else
			a->device.url = argv[i];
	}
	if (rc)
		return rc;
	if (!a->state || !a->device.url)
		return ward_cli_usage(
			cmd, "needs --state DIR and the recorder: onvif://HOST[:PORT]");
	if (ward_onvif_url_read(ward_str_z(a->device.url), &url, &why) != WARD_OK)
		return ward_cli_usage(cmd, "'%s' is no recorder's address: %s", a->device.url, why);
	if (!a->device.user != !a->device.password_file)
		return ward_cli_usage(cmd, "--user and --password-file belong together");
	return WARD_EXIT_DONE;
}

/* Each line that is an object of JSON. */
static void each(struct ask *a, const char *name, struct ward_str text,
	void (*fn)(struct ask *a, const struct ward_conf *c))
{
	struct ward_limits lim;
	uint32_t line = 0;

	ward_limits_default(&lim);
	while (text.len) {
		struct ward_str one = ward_str_cut(&text, '\n');
		const struct ward_conf *c;
		struct ward_diag diag;

		line++;
		ward_diag_init(&diag, ward_mem_heap());
		if (ward_conf_json(&a->arena, &lim, ward_str_z(name), line, ward_str_bytes(one),
			    &diag, &c) == WARD_OK)
			fn(a, c);
		ward_diag_fini(&diag);
	}
}

static void take_held(struct ask *a, const struct ward_conf *c)
{
	struct held h = {ward_conf_word(c, "recording"), ward_conf_word(c, "source"),
		ward_conf_word(c, "name"), ward_conf_word(c, "uri"), 0, 0};

	if (ward_str_eqz(ward_conf_word(c, "kind"), "recording") && a->n_held < HELD_MAX &&
		ward_time_parse(ward_conf_word(c, "from"), &h.from) == WARD_OK &&
		ward_time_parse(ward_conf_word(c, "to"), &h.to) == WARD_OK)
		a->held[a->n_held++] = h;
}

/* How much of the span it holds, a second more or less: recorders tell whole ones. */
static ward_ns overlap(const struct held *h, ward_ns from, ward_ns to)
{
	ward_ns begin = h->from > from ? h->from : from, end = h->to < to ? h->to : to, length;

	return ward_sub(end, begin, &length) && length > 0 ? length : 0;
}

/* Of the recordings of that camera the one that holds the most; NULL: it has none. */
static const struct held *find(
	const struct ask *a, struct ward_str camera, ward_ns from, ward_ns to)
{
	const struct held *best = NULL;
	struct ward_str is = camera;

	for (size_t i = 0; i < a->n_is; i++)
		if (ward_str_eq(a->camera[i], camera))
			is = a->is[i];
	for (size_t i = 0; i < a->n_held; i++) {
		const struct held *h = &a->held[i];

		if ((ward_str_eq(h->recording, is) || ward_str_eq(h->source, is) ||
			    ward_str_eq(h->name, is)) &&
			(!best || overlap(h, from, to) > overlap(best, from, to)))
			best = h;
	}
	return best;
}

static void say_unknown(const struct ask *a, struct ward_str camera)
{
	fprintf(stderr, "ward preserve ask: the recorder has no recording of camera '%.*s';\n",
		WARD_STR_ARG(camera));
	fprintf(stderr, "    mend: --camera %.*s=RECORDING, one of:", WARD_STR_ARG(camera));
	for (size_t i = 0; i < a->n_held; i++)
		fprintf(stderr, " '%.*s' (%.*s)", WARD_STR_ARG(a->held[i].recording),
			WARD_STR_ARG(a->held[i].name));
	fprintf(stderr, "%s\n", a->n_held ? "" : " none, it holds nothing");
}

/* One line of the list. */
static void judge(struct ask *a, const struct ward_conf *c)
{
	static const char *const same[] = {"incident", "camera", "from", "to", "state"};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), LIST_BYTES);
	struct ward_json j = ward_json_on(&w);
	struct ward_str camera = ward_conf_word(c, "camera");
	ward_ns from, to, length;

	if (ward_time_parse(ward_conf_word(c, "from"), &from) != WARD_OK ||
		ward_time_parse(ward_conf_word(c, "to"), &to) != WARD_OK ||
		!ward_sub(to, from, &length))
		return;
	const struct held *h = find(a, camera, from, to);
	ward_ns there = h ? overlap(h, from, to) : 0;
	bool whole = h && there >= length - WARD_NS_PER_S;

	a->n_missing += !whole;
	if (!h)
		say_unknown(a, camera);
	ward_json_obj(&j);
	ward_json_put_z(&j, "kind", "held");
	for (size_t i = 0; i < WARD_ARRAY_LEN(same); i++)
		ward_json_put_str(&j, same[i], ward_conf_word(c, same[i]));
	ward_json_put_z(&j, "held", whole ? "whole" : there ? "part" : h ? "none" : "unknown");
	if (h) {
		ward_json_put_str(&j, "recording", h->recording);
		ward_json_put_time(&j, "recorded_from", h->from);
		ward_json_put_time(&j, "recorded_to", h->to);
		if (h->uri.len)
			ward_json_put_str(&j, "uri", h->uri);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	(void)ward_cli_put(&w, stdout);
	ward_wr_fini(&w);
}

/* What the recorder tells, through a file that has no name: it may be more than a pipe holds. */
static int listen(const struct ward_cmd *cmd, struct ask *a, struct ward_wr *told)
{
	FILE *f = tmpfile();
	uint8_t buf[4096];
	size_t n;

	if (!f)
		return ward_cli_fail(cmd, "no temporary file can be made");
	a->device.once = "recordings";
	int rc = ward_cli_device_run(cmd, &a->device, fileno(f));

	rewind(f);
	while (!rc && (n = fread(buf, 1, sizeof(buf), f)) > 0)
		ward_wr_bytes(told, buf, n);
	if (!rc && (ferror(f) || ward_wr_bad(told)))
		rc = ward_cli_fail(cmd, "what it told can't be read again");
	(void)fclose(f);
	return rc;
}

static int run(const struct ward_cmd *cmd, int argc, char **argv)
{
	struct ask *a = calloc(1, sizeof(*a));
	struct ward_wr list = ward_wr_grow(ward_mem_heap(), LIST_BYTES);
	struct ward_wr told = ward_wr_grow(ward_mem_heap(), LIST_BYTES);
	char path[PATH_MAX];
	int rc = a ? parse(cmd, argc, argv, a) : ward_cli_fail(cmd, "out of memory");

	if (!rc && snprintf(path, sizeof(path), "%s/respond/recordings.jsonl", a->state) >=
			   (int)sizeof(path))
		rc = ward_cli_usage(cmd, "--state is too long");
	if (!rc)
		rc = ward_cli_clip_read(cmd, path, LIST_BYTES, &list);
	if (!rc)
		rc = listen(cmd, a, &told);
	if (!rc) {
		ward_arena_init(&a->arena, ward_mem_heap(), ARENA_BYTES);
		each(a, "recorder", ward_wr_text(&told), take_held);
		each(a, path, ward_wr_text(&list), judge);
		ward_arena_fini(&a->arena);
		rc = a->n_missing ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
	}
	ward_wr_fini(&told);
	ward_wr_fini(&list);
	free(a);
	return rc;
}

const struct ward_cmd ward_cmd_preserve_ask = {
	.name = "preserve ask",
	.summary = "ask a recorder whether it still holds what is to be kept for incidents",
	.help = "usage: ward preserve ask --state DIR [OPTION…] onvif://HOST[:PORT]\n\n"
		"Asks a recorder (ONVIF Profile G) what it holds, and prints of each recording\n"
		"that 'ward preserve list' shows one JSON object: held is whole, part, none or\n"
		"unknown, with the recorder's own span and the address (uri) where it is\n"
		"replayed. Inside of a span there may be gaps, which recorders don't tell.\n"
		"Nothing is changed in the recorder.\n\n"
		"  --state DIR             what 'ward run' keeps\n"
		"  --camera KEY=RECORDING  how the recorder calls a camera: the recording's "
		"token,\n"
		"                          or its source's id or name; may be repeated. Without "
		"it\n"
		"                          the camera's key is looked for\n"
		"  --user NAME --password-file FILE\n"
		"  --certificate FILE      PEM: the recorder's, or who made it; else the "
		"machine's\n\n"
		"Exit codes: 0 all is held whole, 1 something is not, 2 usage, 3 could not run.\n",
	.run = run,
};
