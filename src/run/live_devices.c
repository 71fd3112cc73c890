/* The controllers and paging lines of a played scenario: a process for each, which stands where
 * Ward will ask or listen. */
#include "exercise/act.h"
#include "exercise/device.h"
#include "model/point/point.h"
#include "run/listen.h"
#include "run/live_lead.h"

#include <stdio.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 24 };

static enum ward_err hand(struct live *l, size_t number, const char *key, int fd)
{
	enum ward_err err = ward_supervisor_hand(l->s, number, key, fd);

	if (err)
		(void)close(fd);
	return err;
}

/* The socket stays open over the process's lives. */
static enum ward_err open_socket(
	struct live *l, size_t number, struct ward_str at, bool stream, uint32_t line)
{
	char why[WARD_LISTEN_WHY];
	int fd;
	enum ward_err err = ward_listen(at, stream, why, &fd);

	if (err) {
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: a played controller: %s",
			WARD_STR_ARG(l->o->played->file), line, why);
		return err;
	}
	return hand(l, number, "controller", fd);
}

/* What it answers, as a file in memory. */
static enum ward_err hand_plan(struct live *l, size_t number, const struct ward_controller *k,
	const struct ward_points *points)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	enum ward_err err = WARD_OK;

	ward_device_write_all(k, points, &w);
	err = ward_wr_bad(&w) ? WARD_ERR_LIMIT : live_hand_text(l, number, "plan", &w);
	ward_wr_fini(&w);
	return err;
}

/* The i-th of all: its process, and what it knows of the play's time. */
static enum ward_err add_process(
	struct live *l, size_t i, const char *program, ward_ns begin, size_t *ret)
{
	char text[32], name[WARD_PROCESS_NAME];
	uid_t uid = LIVE_UID_DEVICES + (uid_t)i;
	enum ward_err err;

	if (i == WARD_POLLERS_MAX)
		return live_because(l, WARD_ERR_LIMIT, "controllers and lines of a scenario");
	ward_process_numbered(name, "device", i);
	err = ward_supervisor_add(l->s, name, l->n_uid > uid ? uid : 0, false, ret);
	if (!err)
		err = ward_supervisor_program(l->s, *ret, program);
	(void)snprintf(text, sizeof(text), "%lld", (long long)begin);
	if (!err)
		err = ward_supervisor_set(l->s, *ret, "begin", text);
	if (!err)
		err = live_share_clock(l, *ret);
	return err || !l->o->speed ? err : ward_supervisor_set(l->s, *ret, "speed", l->o->speed);
}

static enum ward_err add_device(
	struct live *l, size_t i, ward_ns begin, const struct ward_points *points)
{
	const struct ward_controller *k = &l->o->played->controller[i];
	bool stream = ward_device_speaks(k->source->kind) == WARD_DEVICE_MODBUS;
	char text[32];
	size_t number;
	enum ward_err err = add_process(l, i, "device", begin, &number);

	if (!err)
		err = open_socket(l, number, k->at, stream, k->line);
	if (!err)
		err = hand_plan(l, number, k, points);
	if (!err)
		err = live_hand_memory(l, number, "written", 0);
	if (!err)
		err = live_share_sets(l, number);
	(void)snprintf(text, sizeof(text), "%zu", i);
	if (!err)
		err = ward_supervisor_set(l->s, number, "number", text);
	return err ? err : live_tell(l, number, "speaks", k->source->kind);
}

/* A serial server, with the calls on its line. */
static enum ward_err add_line(struct live *l, size_t i, ward_ns begin, const struct ward_source *s)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), TEXT_MAX);
	struct ward_str at;
	size_t number;
	enum ward_err err = add_process(l, i, "paging", begin, &number);

	(void)live_starts(s, "serial-server:", &at); /* the scenario was checked for that */
	ward_act_espa_plan(l->o->played, s, &w);
	if (!err)
		err = open_socket(l, number, at, true, s->line);
	if (!err)
		err = ward_wr_bad(&w) ? WARD_ERR_LIMIT : live_hand_text(l, number, "plan", &w);
	ward_wr_fini(&w);
	return err;
}

static enum ward_err add_lines(struct live *l, ward_ns begin)
{
	size_t n, at = l->o->played->n_controller;
	const struct ward_source *s = ward_model_sources(l->m, &n);
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < n; i++)
		if (live_reader_of(&s[i]) == P_LINE && ward_scenario_says(l->o->played, &s[i]))
			err = add_line(l, at++, begin, &s[i]);
	return err;
}

enum ward_err live_add_devices(struct live *l, ward_ns begin)
{
	struct ward_points *points = NULL;
	enum ward_err err;

	if (!l->o->played)
		return WARD_OK;
	err = add_lines(l, begin);
	if (err || !l->o->played->n_controller)
		return err;
	err = live_points(l, &points);
	for (size_t i = 0; !err && i < l->o->played->n_controller; i++)
		err = add_device(l, i, begin, points);
	ward_points_free(points);
	return err;
}
