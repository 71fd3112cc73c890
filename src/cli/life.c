#include "cli/life.h"

#include "exercise/record.h"
#include "sense/field/field.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

enum { DRAWN_BYTES = 8, FILE_MAX_BYTES = 64 << 20 };

int ward_cli_life_seed(
	const struct ward_cmd *cmd, const char **seed, char drawn[WARD_CLI_LIFE_DRAWN])
{
	struct ward_wr w = ward_wr_fixed(drawn, WARD_CLI_LIFE_DRAWN);
	struct ward_str s = ward_str_z(*seed);
	uint8_t b[DRAWN_BYTES];
	bool plain = s.len > 0 && s.len <= WARD_LIFE_SEED;

	for (size_t i = 0; i < s.len; i++)
		plain &= s.p[i] >= ' ' && s.p[i] < 0x7f;
	if (!plain)
		return ward_cli_usage(cmd,
			"--life %s: it is 1 to %d printable ASCII characters, or '-' for a seed "
			"that is drawn",
			*seed, WARD_LIFE_SEED);
	if (!ward_str_eqz(s, "-"))
		return WARD_EXIT_DONE;
	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return ward_cli_fail(cmd, "no random numbers");
	ward_wr_hex(&w, ward_slice_of(b, sizeof(b)));
	ward_wr_u8(&w, 0);
	*seed = drawn;
	fprintf(stderr, "ward %s: ordinary life of the seed %s\n", cmd->name, drawn);
	return WARD_EXIT_DONE;
}

struct lines {
	const struct ward_names *names;
	struct ward_wr *w;
};

static enum ward_err put(void *ctx, const struct ward_event *e)
{
	struct lines *l = ctx;

	ward_event_write_json(e, l->names, l->w);
	ward_wr_ch(l->w, '\n');
	return ward_wr_bad(l->w) ? WARD_ERR_LIMIT : WARD_OK;
}

enum ward_err ward_cli_record_sensors(const struct ward_scenario *c,
	const struct ward_scenario *life, const struct ward_cli_hearing *h, struct ward_wr *w)
{
	struct lines l = {h->names, w};
	struct ward_field_opts o = {.mem = ward_mem_heap(),
		.lim = h->lim,
		.names = h->names,
		.counters = h->counters,
		.sink = {put, &l}};
	struct ward_record_walk walk = {.of = {c, life}};
	struct ward_field_sensor *field;
	char boot[WARD_ACT_BOOT];
	enum ward_err err = ward_field_new(&o, &field);

	if (err)
		return err;
	struct ward_wr payload = ward_wr_grow(o.mem, WARD_ACT_TEXT_MAX);

	while (!err && ward_record_next(&walk)) {
		const struct ward_step *s = walk.step;
		char name[WARD_ACT_TOPIC_MAX];
		struct ward_wr topic = ward_wr_fixed(name, sizeof(name));

		if (s->act != WARD_ACT_MQTT)
			continue;
		ward_wr_reset(&payload);
		ward_act_topic(walk.in, s, &topic);
		ward_act_payload(s, ward_act_boot(walk.in, walk.in->start, boot),
			ward_record_time(walk.in, s), &payload);
		err = ward_wr_bad(&topic) || ward_wr_bad(&payload)
			      ? WARD_ERR_LIMIT
			      : ward_field_message(field, ward_wr_text(&topic),
					ward_wr_slice(&payload), ward_record_arrival(walk.in, s));
	}
	ward_wr_fini(&payload);
	ward_field_free(field);
	return err;
}

static enum ward_err write_sensors(
	const struct ward_scenario *life, const struct ward_limits *lim, struct ward_wr *w)
{
	struct ward_names names = {0};
	struct ward_counters counters;
	enum ward_err err = ward_names_init(&names, ward_mem_heap(), lim);

	ward_counters_init(&counters);
	if (!err)
		err = ward_cli_record_sensors(
			life, NULL, &(const struct ward_cli_hearing){lim, &names, &counters}, w);
	ward_names_fini(&names);
	return err;
}

/* A file of the folder, if there is anything in it. */
static int put_file(const struct ward_cmd *cmd, struct ward_cli_life *x, const char *name,
	const struct ward_wr *w)
{
	char *path = x->path[x->n];
	struct ward_wr p = ward_wr_fixed(path, WARD_CLI_LIFE_PATH);

	if (!w->len)
		return WARD_EXIT_DONE;
	ward_wr_z(&p, x->dir);
	ward_wr_ch(&p, '/');
	ward_wr_z(&p, name);
	ward_wr_u8(&p, 0);
	FILE *f = ward_wr_bad(&p) || ward_wr_bad(w) ? NULL : fopen(path, "wxe");

	if (!f)
		return ward_cli_fail(cmd, "cannot write '%s': %s", path, strerror(errno));
	x->n++;
	bool wrote = fwrite(w->p, 1, w->len, f) == w->len;

	if (fclose(f) != 0 || !wrote)
		return ward_cli_fail(cmd, "cannot write '%s': %s", path, strerror(errno));
	return WARD_EXIT_DONE;
}

static int put_files(const struct ward_cmd *cmd, const struct ward_scenario *life,
	const struct ward_limits *lim, struct ward_cli_life *x)
{
	static const char *const name[WARD_CLI_LIFE_FILES] = {
		"life.syslog", "life.pcap", "life.jsonl"};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), FILE_MAX_BYTES);
	int code = WARD_EXIT_DONE;

	for (size_t i = 0; i < WARD_CLI_LIFE_FILES && !code; i++) {
		enum ward_err err = WARD_OK;

		ward_wr_reset(&w);
		if (i == 0)
			ward_record_syslog(life, NULL, &w);
		else if (i == 1)
			err = ward_record_frames(life, NULL, &w);
		else
			err = write_sensors(life, lim, &w);
		code = err ? ward_cli_fail(cmd, "%s: %s", name[i], ward_err_text(err))
			   : put_file(cmd, x, name[i], &w);
	}
	ward_wr_fini(&w);
	return code;
}

int ward_cli_life_write(
	const struct ward_cmd *cmd, const struct ward_life_in *in, struct ward_cli_life *ret)
{
	const char *tmp = getenv("TMPDIR");
	struct ward_scenario *life = NULL;
	int n = snprintf(
		ret->dir, sizeof(ret->dir), "%s/ward-life-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	enum ward_err err = ward_life_new(in, &life);

	if (err) {
		ret->dir[0] = 0;
		return ward_cli_fail(cmd, "ordinary life: %s", ward_err_text(err));
	}
	if (n < 0 || (size_t)n >= sizeof(ret->dir) || !mkdtemp(ret->dir)) {
		ret->dir[0] = 0;
		ward_scenario_free(life);
		return ward_cli_fail(cmd, "no folder for ordinary life: %s", strerror(errno));
	}
	int code = put_files(cmd, life, in->lim, ret);

	ward_scenario_free(life);
	return code;
}

void ward_cli_life_remove(struct ward_cli_life *x)
{
	for (size_t i = 0; i < x->n; i++)
		(void)unlink(x->path[i]);
	if (x->dir[0])
		(void)rmdir(x->dir);
}
