/* The controllers of a played scenario: a process for each, which stands where Ward will ask. */
#include "exercise/device.h"
#include "model/point/point.h"
#include "run/listen.h"
#include "run/live_priv.h"

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
static enum ward_err open_socket(struct live *l, size_t number, const struct ward_controller *k)
{
	char why[WARD_LISTEN_WHY];
	int fd;
	enum ward_err err = ward_listen(k->at, ward_str_eqz(k->source->kind, "modbus"), why, &fd);

	if (err) {
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: a played controller: %s",
			WARD_STR_ARG(l->o->played->file), k->line, why);
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

	for (size_t i = 0; i < k->n_value; i++) {
		uint32_t at = ward_points_find(points, k->value[i].point);

		if (at == WARD_NONE)
			continue; /* the scenario was checked against the same points */
		const struct ward_bms_point *p = ward_points_at(points, at);
		struct ward_device_point point = {p->address, p->scale, p->offset};

		ward_device_write(&point, &k->value[i].moves, &w);
	}
	err = ward_wr_bad(&w) ? WARD_ERR_LIMIT : live_hand_text(l, number, "plan", &w);
	ward_wr_fini(&w);
	return err;
}

static enum ward_err add_device(
	struct live *l, size_t i, ward_ns begin, const struct ward_points *points)
{
	const struct ward_controller *k = &l->o->played->controller[i];
	char text[32], name[WARD_PROCESS_NAME];
	uid_t uid = LIVE_UID_DEVICES + (uid_t)i;
	size_t number;
	enum ward_err err;

	ward_process_numbered(name, "device", i);
	err = ward_supervisor_add(l->s, name, l->n_uid > uid ? uid : 0, false, &number);
	if (!err)
		err = ward_supervisor_program(l->s, number, "device");
	if (!err)
		err = open_socket(l, number, k);
	if (!err)
		err = hand_plan(l, number, k, points);
	if (!err)
		err = live_tell(l, number, "speaks", k->source->kind);
	(void)snprintf(text, sizeof(text), "%lld", (long long)begin);
	if (!err)
		err = ward_supervisor_set(l->s, number, "begin", text);
	if (!err && l->o->speed)
		err = ward_supervisor_set(l->s, number, "speed", l->o->speed);
	return err;
}

enum ward_err live_add_devices(struct live *l, ward_ns begin)
{
	struct ward_points *points = NULL;
	enum ward_err err;

	if (!l->o->played || !l->o->played->n_controller)
		return WARD_OK;
	if (l->o->played->n_controller > WARD_POLLERS_MAX)
		return live_because(l, WARD_ERR_LIMIT, "controllers of a scenario");
	err = live_points(l, &points);
	for (size_t i = 0; !err && i < l->o->played->n_controller; i++)
		err = add_device(l, i, begin, points);
	ward_points_free(points);
	return err;
}
