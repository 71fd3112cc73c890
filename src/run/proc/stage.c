/* What stands in the networks of a scenario that is played live: hosts in namespaces of their own
 * with servers of others, the hospital's played controllers at their own addresses, and the tools
 * of who attacks them, when the player comes to their steps.
 *
 * It starts programs of others and is in no cage; each of them is in a process namespace, may write
 * to a folder of its own alone, and reaches nothing but the networks of the play. What is missing
 * is told, and the steps that need it are sent as they were captured. */
#include "run/proc/stage.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TURN_MS = 100, READY_S = 20 };

static const char *need(struct stage *s, const char *key)
{
	const char *v = ward_process_setting(&s->p, key);

	if (!v)
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	return v;
}

static void load(struct stage *s)
{
	struct ward_diag d;
	const char *dir = need(s, "hospital");
	struct ward_scenario_in in = {.lim = &s->lim, .mem = ward_mem_heap(), .diag = &d};
	const char *tools = ward_process_setting(&s->p, "tools");
	uint64_t uid = 0;
	enum ward_err err;

	s->folder = need(s, "scenario");
	s->content = need(s, "content");
	s->captures = ward_process_setting(&s->p, "captures");
	s->play = ward_process_need_fd(&s->p, "play");
	if (tools && (!ward_str_u64(ward_str_z(tools), &uid) || uid > INT32_MAX))
		ward_process_die(&s->p, "tools", WARD_ERR_CONFIG);
	s->tools = (uid_t)uid;
	s->gone_fd = ward_process_fd(&s->p, "gone");
	ward_diag_init(&d, in.mem);
	ward_limits_default(&s->lim);
	err = ward_model_limits(dir, in.mem, &d, &s->lim);
	if (!err)
		err = ward_model_load(dir, s->content, &s->lim, in.mem, &d, &s->model);
	in.m = s->model;
	if (!err)
		err = ward_scenario_load(s->folder, &in, &s->scenario);
	ward_diag_fini(&d);
	if (err)
		ward_process_die(&s->p, "cannot load the scenario", err);
	if (!stage_bound_begin()) /* then no program gets a folder, and none runs */
		WARD_LOG(&s->p.log, WARN, "stage.no_folders", WARD_KV_Z("why", strerror(errno)));
	(void)snprintf(s->dir, sizeof(s->dir), "/tmp/ward-stage-XXXXXX");
	if (!mkdtemp(s->dir) || chmod(s->dir, 0711) != 0)
		ward_process_die(&s->p, "a folder for what runs", WARD_ERR_IO);
	stage_kept_begin(s);
}

static void serve_all(struct stage *s)
{
	char why[WARD_NETNS_WHY];

	for (size_t i = 0; i < s->scenario->n_stand; i++) {
		const struct ward_stand *k = &s->scenario->stand[i];

		if (!k->serves && !k->controller)
			continue;
		if (stage_serve(s, k, why))
			ward_count_name(&s->p.counters, "stage.serves", 1);
		else
			WARD_LOG(&s->p.log, WARN, "stage.absent",
				WARD_KV_S("host", s->scenario->host[k->host].id),
				WARD_KV_Z("why", why));
	}
}

static void await(struct stage *s)
{
	ward_ns until = ward_clock_mono(s->p.clock) + READY_S * WARD_NS_PER_S;

	while (!stage_listens(s) && !ward_process_stopping() &&
		ward_clock_mono(s->p.clock) < until) {
		stage_look(s);
		(void)poll(NULL, 0, TURN_MS);
	}
	WARD_LOG(&s->p.log, INFO, "stage.stands", WARD_KV_U("hosts", s->n_host),
		WARD_KV_Z("folder", s->dir), WARD_KV_Z("all", stage_listens(s) ? "yes" : "no"));
}

/* A step's tool; one that was begun already is not begun again: its answer was lost. */
static void hear(struct stage *s)
{
	struct ward_msg m;
	char why[WARD_NETNS_WHY] = "";
	enum ward_err err = ward_msg_recv(s->play, s->buf, &m);

	if (err == WARD_ERR_AGAIN || err == WARD_ERR_MALFORMED)
		return;
	if (err)
		ward_process_die(&s->p, "the player", err);
	uint32_t sent = ward_rd_be32(&m.body), step = ward_rd_be32(&m.body), id = m.id;

	if (m.type != WARD_MSG_TOOL || ward_rd_bad(&m.body) || sent == UINT32_MAX ||
		step >= s->scenario->lead.n_step || s->scenario->step[step].act != WARD_ACT_TOOL) {
		ward_count_name(&s->p.counters, "stage.refused", 1);
		return;
	}
	bool old = sent < s->done;
	bool does = sent + 1 == s->done ? s->does : old || stage_do(s, step, why);

	if (!old) {
		s->done = sent + 1;
		s->does = does;
	}
	if (!does && !old)
		WARD_LOG(&s->p.log, WARN, "stage.tool_absent", WARD_KV_U("step", step + 1),
			WARD_KV_Z("why", why));
	uint8_t body[1] = {does};

	err = ward_msg_send(s->play, WARD_MSG_TOOL_IS, id, ward_slice_of(body, sizeof(body)));
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&s->p, "the player", err);
}

int main(int argc, char **argv)
{
	static struct stage s;

	ward_process_begin(&s.p, "stage", argc, argv);
	load(&s);
	stage_build(&s);
	serve_all(&s);
	await(&s);
	while (!ward_process_stopping()) {
		struct pollfd p = {.fd = s.play, .events = POLLIN};

		if (poll(&p, 1, TURN_MS) < 0 && errno != EINTR)
			ward_process_die(&s.p, "poll", WARD_ERR_IO);
		if (p.revents)
			hear(&s);
		stage_look(&s);
		ward_process_count(&s.p);
	}
	stage_end(&s);
	ward_scenario_free(s.scenario);
	ward_model_free(s.model);
	return ward_process_end(&s.p);
}
