/* Which devices are there: by REGISTER, by whatever they send, and by the numbers that must be
 * heard. */
#include "sense/sip/priv.h"

/* A refresh may come late by what a lost datagram costs. */
static const ward_ns grace = 32 * WARD_NS_PER_S;

static struct uas_device *find(struct ward_uas *u, struct ward_str number)
{
	for (size_t i = 0; i < u->n_device; i++)
		if (ward_str_ieq(number, ward_str_z(u->device[i].number)))
			return &u->device[i];
	return NULL;
}

/* NULL with OK: there is no room, or it is no number. */
static enum ward_err add(struct ward_uas *u, struct ward_str number, struct uas_device **ret)
{
	struct uas_device *d;
	enum ward_err err;

	*ret = NULL;
	if (!number.len || number.len > UAS_NUMBER)
		return WARD_OK;
	err = ward_mem_more(u->o.mem, &u->device, u->n_device, &u->cap_device, sizeof(*u->device),
		u->o.devices_max);
	if (err == WARD_ERR_LIMIT) {
		ward_count_name(u->o.counters, "sip.devices.unwatched", 1);
		return WARD_OK;
	}
	if (err)
		return err;
	d = *ret = &u->device[u->n_device++];
	*d = (struct uas_device){.listed = false};
	memcpy(d->number, number.p, number.len);
	return WARD_OK;
}

enum ward_err uas_watch_begin(struct ward_uas *u)
{
	struct ward_str rest = u->o.supervised;
	enum ward_err err = WARD_OK;

	while (!err && rest.p && rest.len) {
		struct uas_device *d;

		err = add(u, ward_str_cut(&rest, ' '), &d);
		if (d) {
			d->listed = true;
			d->heard = u->mono;
			d->due = u->o.silence ? u->mono + u->o.silence : 0;
		}
	}
	return err;
}

/* That a device is silent, or there again. */
static enum ward_err tell(
	struct ward_uas *u, const struct uas_device *d, enum ward_class class, ward_ns length)
{
	struct ward_str number = ward_str_z(d->number);
	struct ward_str place = ward_sip_places_named(u->o.places, number);
	struct ward_event e;
	enum ward_err err;

	ward_arena_reset(&u->arena);
	ward_event_init(&e, &u->arena);
	e.id = ward_event_id(u->o.source, (uint64_t)u->now, u->n_told++, 2);
	e.time = e.seen = u->now;
	e.source = ward_name(u->o.names, u->o.source);
	e.class = ward_name(u->o.names, ward_str_z(ward_class_info(class)->name));
	err = ward_event_set(&e, WARD_FIELD_SENSOR, ward_value_str(u->o.source));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_POINT, ward_value_str(WARD_STR("sip")));
	number = ward_arena_str(&u->arena, number);
	if (!number.p)
		return WARD_ERR_NOMEM;
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_USER, ward_value_str(number));
	if (!err && place.len)
		err = ward_event_set(&e, u->f_place, ward_value_str(place));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_DURATION_NS, ward_value_int(length));
	if (!err)
		(void)u->o.record(u->o.ctx, &e); /* nobody waits for an answer: its owner counts */
	return err;
}

static ward_ns due_of(const struct ward_uas *u, const struct uas_device *d, ward_ns expires)
{
	if (u->o.silence)
		return u->mono + u->o.silence;
	return expires > 0 ? u->mono + expires + grace : d->due;
}

enum ward_err uas_watch_heard(struct ward_uas *u, struct ward_str number, ward_ns expires)
{
	struct uas_device *d = find(u, number);
	enum ward_err err = WARD_OK;
	ward_ns gone;

	if (!d && (u->o.silence || expires > 0))
		err = add(u, number, &d);
	if (!d)
		return err;
	gone = u->mono - d->heard;
	d->heard = u->mono;
	d->due = due_of(u, d, expires);
	if (!d->silent)
		return WARD_OK;
	d->silent = false;
	return tell(u, d, WARD_CLASS_FIELD_ONLINE, gone);
}

void uas_watch_leave(struct ward_uas *u, struct ward_str number)
{
	struct uas_device *d = find(u, number);

	if (d && !d->listed)
		*d = u->device[--u->n_device];
}

enum ward_err uas_watch_tick(struct ward_uas *u)
{
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < u->n_device; i++) {
		struct uas_device *d = &u->device[i];

		if (d->silent || !d->due || u->mono < d->due)
			continue;
		d->silent = true;
		err = tell(u, d, WARD_CLASS_FIELD_SILENT, u->mono - d->heard);
	}
	return err;
}
