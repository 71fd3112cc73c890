#include "cli/permit.h"

#include "cli/lang.h"
#include "cli/rewrite.h"
#include "story/zone.h"

#include <unistd.h>

enum { ARENA_BYTES_MAX = 256 << 20 };

void ward_cli_hospital_findings(struct ward_cli_hospital *x)
{
	const struct ward_cli_lang speak = {x->lang_option, ward_cli_content(x->cmd, x->content),
		x->model ? ward_model_hospital(x->model)->language : WARD_STR("")};

	ward_cli_findings_in(x->cmd, &x->diag, NULL, &speak);
}

static int load_model(struct ward_cli_hospital *x)
{
	const struct ward_mem *mem = ward_mem_heap();
	const char *content = ward_cli_content(x->cmd, x->content);

	if (!content)
		return WARD_EXIT_RUN;
	enum ward_err err = ward_model_limits(x->dir, mem, &x->diag, &x->lim);

	if (!err)
		err = ward_model_load(x->dir, content, &x->lim, mem, &x->diag, &x->model);
	if (err) {
		ward_cli_hospital_findings(x);
		return ward_cli_fail(x->cmd, "cannot load '%s': %s", x->dir, ward_err_text(err));
	}
	if (ward_zone_use(ward_model_hospital(x->model)->timezone) != WARD_OK)
		fprintf(stderr, "ward %s: no such time zone on this system: times are UTC\n",
			x->cmd->name);
	/* what else is wrong with the directory is for `ward check` */
	ward_diag_fini(&x->diag);
	ward_diag_init(&x->diag, mem);
	x->in = (struct ward_permit_in){x->model, &x->lim, mem, &x->diag};
	return WARD_EXIT_DONE;
}

int ward_cli_hospital_open(struct ward_cli_hospital *x, bool lock)
{
	int n = snprintf(x->path, sizeof(x->path), "%s/%s", x->dir, WARD_PERMIT_FILE);

	x->lock = -1;
	ward_limits_default(&x->lim);
	ward_diag_init(&x->diag, ward_mem_heap());
	ward_arena_init(&x->arena, ward_mem_heap(), ARENA_BYTES_MAX);
	if (n < 0 || (size_t)n >= sizeof(x->path))
		return ward_cli_usage(x->cmd, "the path of the hospital directory is too long");
	int code = load_model(x);

	if (code)
		return code;
	if (lock)
		code = ward_cli_lock(x->cmd, x->dir, &x->lock);
	if (code)
		return code;
	if (access(x->path, F_OK) != 0)
		return WARD_EXIT_DONE;
	if (ward_conf_read(&x->arena, &x->lim, x->path, &x->diag, &x->text) == WARD_OK)
		return WARD_EXIT_DONE;
	ward_cli_hospital_findings(x);
	return WARD_EXIT_RUN;
}

void ward_cli_hospital_fini(struct ward_cli_hospital *x)
{
	if (x->lock >= 0)
		(void)close(x->lock);
	ward_model_free(x->model);
	ward_diag_fini(&x->diag);
	ward_arena_fini(&x->arena);
}

int ward_cli_permit_write(struct ward_cli_hospital *x, struct ward_slice text)
{
	WARD_AUTO(ward_permits_freep) struct ward_permits *all = NULL;
	enum ward_err err = ward_permits_new(x->model, &x->lim, ward_mem_heap(), &all);

	if (!err)
		err = ward_permits_parse(&x->in, ward_str_z(x->path), text, all);
	ward_cli_hospital_findings(x);
	if (err)
		return err == WARD_ERR_NOMEM
			       ? ward_cli_fail(x->cmd, "%s", ward_err_text(err))
			       : (ward_cli_fail(x->cmd, "nothing was written to '%s'", x->path),
					 WARD_EXIT_INPUT);
	return ward_cli_replace(x->cmd, x->path, x->lock, text);
}

static const char *const month[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const day[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

static void put_day(struct ward_wr *w, const struct ward_local *l)
{
	ward_wr_printf(w, "%s %d %s %d", day[l->weekday], l->day, month[l->month - 1], l->year);
}

static void put_span(struct ward_wr *w, ward_ns from, ward_ns until)
{
	struct ward_local a, b;

	ward_zone_local(from, &a);
	ward_zone_local(until, &b);
	put_day(w, &a);
	ward_wr_printf(w, " %02d:%02d to ", a.hour, a.minute);
	if (a.day != b.day || a.month != b.month || a.year != b.year) {
		put_day(w, &b);
		ward_wr_ch(w, ' ');
	}
	ward_wr_printf(w, "%02d:%02d", b.hour, b.minute);
}

/* What people wrote, without what would drive a terminal. */
static void plain(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? '?' : s.p[i]);
}

static void put_nodes(struct ward_wr *w, const struct ward_model *m, const uint32_t *node, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ward_wr_z(w, i ? ", " : "");
		plain(w, ward_model_node(m, node[i])->name);
	}
}

static const char *state_of(const struct ward_permit *p, ward_ns now)
{
	if (p->ended <= now)
		return "ended early";
	return now < p->from ? "to come" : now > p->until ? "over" : "in force";
}

void ward_cli_permit_say(const struct ward_cli_hospital *x, const struct ward_permit *p,
	ward_ns now, struct ward_wr *w)
{
	const struct ward_threats *t = ward_model_threats(x->model);

	plain(w, p->id);
	ward_wr_printf(w, "  %s  ", state_of(p, now));
	put_span(w, p->from, p->until);
	ward_wr_z(w, "  ");
	plain(w, p->who);
	if (p->why.len) {
		ward_wr_z(w, ": ");
		plain(w, p->why);
	}
	ward_wr_z(w, "\n    ");
	put_nodes(w, x->model, p->place, p->n_place);
	ward_wr_z(w, p->n_place && p->n_asset ? "; only on " : "");
	put_nodes(w, x->model, p->asset, p->n_asset);
	ward_wr_z(w, "; expects ");
	for (size_t i = 0; i < p->n_threat; i++) {
		ward_wr_z(w, i ? ", " : "");
		ward_wr_str(w, ward_threats_at(t, p->threat[i])->code);
	}
	if (p->badge.len) {
		ward_wr_z(w, "; badge ");
		plain(w, p->badge);
	}
	ward_wr_ch(w, '\n');
}
