#include "cli/field_poll.h"

#include "cli/connect.h"
#include "cli/lang.h"
#include "model/point/point.h"

#include <errno.h>

enum { OUT_MAX = 1 << 22, WAIT_MS = 200, EVERY_MAX_S = 86400, EVERY_S = 60 };

static bool number_of(struct field_poll *f, const char *arg, uint64_t **ret)
{
	*ret = strcmp(arg, "--every") == 0     ? &f->every_s
	       : strcmp(arg, "--seconds") == 0 ? &f->seconds
	       : strcmp(arg, "--count") == 0   ? &f->count
					       : NULL;
	return *ret != NULL;
}

static bool text_of(struct field_poll *f, const char *arg, const char ***ret)
{
	static const char *const name[] = {
		"--hospital", "--source", "--at", "--user", "--password-file", "--security"};
	const char **const text[] = {
		&f->hospital, &f->source, &f->at, &f->user, &f->password_file, &f->security};

	for (size_t i = 0; i < WARD_ARRAY_LEN(name); i++)
		if (strcmp(arg, name[i]) == 0) {
			*ret = text[i];
			return true;
		}
	return false;
}

/* One option with its value; an exit code. */
static int take(struct field_poll *f, const char *arg, const char *value)
{
	const char **text = NULL;
	uint64_t *number = NULL;
	bool point = strcmp(arg, "--point") == 0;

	if (!point && !number_of(f, arg, &number) && !text_of(f, arg, &text))
		return ward_cli_usage(f->cmd, "'%s' is not an option of %s", arg, f->what);
	if (!value)
		return ward_cli_usage(f->cmd, "%s needs a value", arg);
	if (number && !ward_str_u64(ward_str_z(value), number))
		return ward_cli_usage(f->cmd, "%s needs a number", arg);
	if (text)
		*text = value;
	if (!point)
		return WARD_EXIT_DONE;
	if (f->n_point == FIELD_POLL_POINTS)
		return ward_cli_usage(
			f->cmd, "at most %d --point; use --hospital", (int)FIELD_POLL_POINTS);
	if (!ward_utf8_valid(ward_str_bytes(ward_str_z(value)), NULL))
		return ward_cli_usage(f->cmd, "--point is no UTF-8");
	f->point[f->n_point++] = value;
	return WARD_EXIT_DONE;
}

static int parse(struct field_poll *f, int argc, char **argv)
{
	f->what = argv[0];
	f->every_s = EVERY_S;
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];
		int rc;

		if (strcmp(arg, "--cov") == 0) {
			f->cov = true;
			continue;
		}
		if (strcmp(arg, "--acknowledge") == 0) {
			f->acknowledge = true;
			continue;
		}
		if (arg[0] == '-') {
			rc = take(f, arg, i + 1 < argc ? argv[i + 1] : NULL);
			if (rc != WARD_EXIT_DONE)
				return rc;
			i++;
			continue;
		}
		if (f->n_target == FIELD_POLL_TARGETS)
			return ward_cli_usage(f->cmd, "at most %d controllers; write a network",
				(int)FIELD_POLL_TARGETS);
		f->target[f->n_target++] = arg;
	}
	if (!f->n_target)
		return ward_cli_usage(f->cmd, "which controllers?");
	if (!f->every_s || f->every_s > EVERY_MAX_S)
		return ward_cli_usage(f->cmd, "--every is 1 to %d seconds", (int)EVERY_MAX_S);
	if (!f->hospital != !f->source)
		return ward_cli_usage(f->cmd, "--hospital and --source go together");
	return WARD_EXIT_DONE;
}

static enum ward_err add_given(struct field_poll *f)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < f->n_point; i++) {
		struct ward_str rest = ward_str_z(f->point[i]), all = rest;
		struct ward_str name = ward_str_cut(&rest, '=');
		struct ward_poll_point p = {.id = name, .address = rest.p ? rest : all, .scale = 1};

		err = ward_poll_plan_add(&f->plan, &p);
	}
	return err;
}

/* Those of a hospital's points.csv that the source has. */
static int add_hospital(struct field_poll *f)
{
	struct ward_diag diag;
	struct ward_points *points = NULL;
	const char *content = ward_cli_content(f->cmd, NULL);
	enum ward_err err;

	if (!content)
		return WARD_EXIT_RUN;
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_point_in in = {NULL, &f->lim, ward_mem_heap(), &diag};

	err = ward_points_load(&in, f->hospital, content, &points);
	for (size_t i = 0; !err && i < ward_points_n(points); i++) {
		const struct ward_bms_point *p = ward_points_at(points, i);
		struct ward_poll_point one = {p->id, p->unit, p->address, p->scale, p->offset};

		if (ward_str_eqz(p->source, f->source))
			err = ward_poll_plan_add(&f->plan, &one);
	}
	ward_points_free(points);
	const struct ward_cli_lang speak = {NULL, content, WARD_STR("")};
	int rc = err ? ward_cli_report(f->cmd, err, "its points", &diag, &speak, &f->out)
		     : WARD_EXIT_DONE;

	ward_diag_fini(&diag);
	if (rc == WARD_EXIT_DONE && !f->plan.n)
		return ward_cli_usage(f->cmd,
			"no point in %s/" WARD_POINT_FILE " is of source '%s'", f->hospital,
			f->source);
	return rc;
}

int field_poll_begin(struct field_poll *f, const struct ward_cmd *cmd, int argc, char **argv)
{
	enum ward_err err;
	int rc;

	*f = (struct field_poll){.cmd = cmd};
	rc = parse(f, argc, argv);
	if (rc != WARD_EXIT_DONE)
		return rc;
	ward_limits_default(&f->lim);
	ward_counters_init(&f->counters);
	f->out = ward_wr_grow(ward_mem_heap(), OUT_MAX);
	f->begun = ward_clock_mono(ward_clock_system());
	ward_poll_plan_init(&f->plan, ward_mem_heap(), &f->lim);
	err = ward_names_init(&f->names, ward_mem_heap(), &f->lim);
	if (!err)
		err = add_given(f);
	if (err)
		return ward_cli_fail(cmd, "%s", ward_err_text(err));
	return f->hospital ? add_hospital(f) : WARD_EXIT_DONE;
}

enum ward_err field_poll_put(void *ctx, const struct ward_event *e)
{
	struct field_poll *f = ctx;

	ward_event_write_json(e, &f->names, &f->out);
	ward_wr_ch(&f->out, '\n');
	f->n++;
	f->broken = !ward_cli_put(&f->out, stdout);
	return f->broken ? WARD_ERR_IO : WARD_OK;
}

struct ward_poll_now field_poll_now(void)
{
	const struct ward_clock *c = ward_clock_system();

	return (struct ward_poll_now){ward_clock_now(c), ward_clock_mono(c)};
}

bool field_poll_goes_on(const struct field_poll *f)
{
	ward_ns now = ward_clock_mono(ward_clock_system());

	return (!f->count || f->n < f->count) &&
	       (!f->seconds || now - f->begun < (ward_ns)f->seconds * WARD_NS_PER_S);
}

int field_poll_wait(const struct field_poll *f, ward_ns due)
{
	ward_ns left = due - ward_clock_mono(ward_clock_system());

	(void)f;
	if (left <= 0)
		return 0;
	return left > WAIT_MS * WARD_NS_PER_MS ? WAIT_MS : (int)(left / WARD_NS_PER_MS) + 1;
}

enum ward_err field_poll_connect(const struct field_poll *f, int *ret_fd)
{
	return ward_cli_connect(ward_str_z(f->target[0]), ret_fd);
}

int field_poll_bad_point(const struct field_poll *f, size_t i, const char *why)
{
	const struct ward_poll_point *p = &f->plan.point[i];

	return ward_cli_usage(f->cmd, "'%.*s': %s", WARD_STR_ARG(p->address), why);
}

int field_poll_end(struct field_poll *f, enum ward_err err, const char *doing)
{
	int rc = WARD_EXIT_DONE;

	if (err && !f->broken)
		rc = ward_cli_fail(f->cmd, "cannot %s: %s", doing,
			err == WARD_ERR_IO ? strerror(errno) : ward_err_text(err));
	else if (f->broken)
		rc = WARD_EXIT_RUN;
	ward_cli_summary(&f->counters);
	ward_poll_plan_fini(&f->plan);
	ward_wr_fini(&f->out);
	ward_names_fini(&f->names);
	return rc;
}
