/* ONVIF Analytics 5.3 (frames, objects, appearance, object tree) */
#include "sense/onvif/object.h"

#include <stdio.h>

static const ward_ns told_after = WARD_NS_PER_S, left_after = 10 * WARD_NS_PER_S;
static const ward_ns off_max = 24 * 3600 * WARD_NS_PER_S;

/* Classes that are told by name; others are "other". */
static const char *const classes[] = {"animal", "bag", "bicycle", "bike", "bus", "car", "fire",
	"group", "human", "motorcycle", "person", "smoke", "truck", "vehicle"};

/* Objects that are a sign of who or whose something is, by words of their class; and parts of
 * others. */
static const char *const hidden_classes[] = {"face", "plate"};
static const char *const hidden_parts[] = {"HumanFace", "HumanBody", "LicensePlateInfo",
	"BarcodeInfo", "VehicleInfo", "Image", "ImageRef"};

struct moment {
	ward_ns mono, wall, frame; /* frame: its own, by our clock; at most off_max from wall */
};

static void count(const struct ward_onvif_objects *o, const char *counter)
{
	ward_count_name(o->place->counters, counter, 1);
}

static enum ward_err set(
	struct ward_onvif_objects *o, struct ward_event *e, const char *name, struct ward_value v)
{
	return ward_event_set(e, ward_name(o->place->names, ward_str_z(name)), v);
}

static enum ward_err fill(struct ward_onvif_objects *o, struct ward_event *e,
	const struct ward_onvif_object *t, bool left)
{
	const struct ward_onvif_place *p = o->place;
	enum ward_err err =
		set(o, e, "onvif.topic", ward_value_str(WARD_STR("VideoAnalytics/Object")));

	if (!err)
		err = set(o, e, "onvif.operation",
			ward_value_str(left ? WARD_STR("Left") : WARD_STR("Appeared")));
	if (!err)
		err = set(o, e, "onvif.ObjectId", ward_value_int(t->id));
	if (!err)
		err = set(o, e, "onvif.Class", ward_value_str(ward_str_z(t->class)));
	if (!err && left)
		err = ward_event_set(e, WARD_FIELD_DURATION_NS, ward_value_int(t->last - t->first));
	if (!err && p->camera.len)
		err = ward_event_set(e, WARD_FIELD_CAMERA, ward_value_str(p->camera));
	return err ? err : ward_event_set(e, WARD_FIELD_SENSOR, ward_value_str(p->source));
}

static enum ward_err tell(
	struct ward_onvif_objects *o, const struct ward_onvif_object *t, bool left, ward_ns wall)
{
	struct ward_idgen g;
	struct ward_event e;

	ward_idgen_init(&g, "onvif-object");
	ward_idgen_str(&g, o->place->source);
	ward_idgen_u64(&g, (uint64_t)t->id);
	ward_idgen_u64(&g, (uint64_t)t->first);
	ward_idgen_u64(&g, left);
	ward_arena_reset(o->arena);
	ward_event_init(&e, o->arena);
	e.id = ward_idgen_final(&g);
	e.time = left ? t->last : t->first;
	e.seen = wall;
	e.source = ward_name(o->place->names, o->place->source);
	e.class = ward_name(o->place->names, WARD_STR("log.onvif"));
	enum ward_err err = fill(o, &e, t, left);

	return err ? err : o->put(o->ctx, &e);
}

static enum ward_err leave(struct ward_onvif_objects *o, size_t i, ward_ns wall)
{
	struct ward_onvif_object gone = o->at[i];

	o->at[i] = o->at[--o->n];
	if (gone.told)
		return tell(o, &gone, true, wall);
	count(o, "onvif.objects_brief");
	return WARD_OK;
}

static size_t find(const struct ward_onvif_objects *o, int64_t id)
{
	size_t i = 0;

	while (i < o->n && o->at[i].id != id)
		i++;
	return i;
}

static const char *class_word(struct ward_str type)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(classes); i++)
		if (ward_str_ieq(type, ward_str_z(classes[i])))
			return classes[i];
	return "other";
}

/* A share as "0.75"; what is none is 0, since it is only compared. */
static unsigned likelihood(struct ward_str s)
{
	unsigned v = 0, digits = 0;
	size_t dot = ward_str_find(s, WARD_STR("."));
	size_t whole = dot == SIZE_MAX ? s.len : dot;

	for (size_t i = 0; i < s.len && digits < 3; i++) {
		if (i == whole)
			continue;
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
		v = v * 10 + (unsigned)(s.p[i] - '0');
		digits += i > whole;
	}
	for (; digits < 3; digits++)
		v *= 10;
	return v > 1000 ? 1000 : v;
}

/* What it is most likely, as the device says it; "" when it does not. */
static struct ward_str type_of(const struct ward_xmldoc *x, uint32_t class)
{
	struct ward_str best = WARD_STR("");
	unsigned most = 0;

	for (uint32_t e = ward_xmldoc_child(x, class, "ClassCandidate"); e != WARD_NONE;
		e = ward_xmldoc_next(x, e, "ClassCandidate")) {
		unsigned by = likelihood(ward_xmldoc_text(x, e, "Likelihood"));

		if (!best.len || by > most)
			best = ward_xmldoc_text(x, e, "Type");
		most = by > most ? by : most;
	}
	for (uint32_t e = ward_xmldoc_child(x, class, "Type"); e != WARD_NONE;
		e = ward_xmldoc_next(x, e, "Type")) {
		unsigned by = likelihood(ward_xmldoc_attr(x, e, "Likelihood"));

		if (!best.len || by > most)
			best = ward_xmldoc_text(x, e, NULL);
		most = by > most ? by : most;
	}
	return best;
}

static bool is_hidden(struct ward_str type)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(hidden_classes); i++)
		if (ward_onvif_has_word(type, hidden_classes[i]))
			return true;
	return false;
}

static bool has_hidden(const struct ward_xmldoc *x, uint32_t appearance)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(hidden_parts); i++)
		if (ward_xmldoc_child(x, appearance, hidden_parts[i]) != WARD_NONE)
			return true;
	return false;
}

static struct ward_onvif_object *place_for(
	struct ward_onvif_objects *o, int64_t id, const struct moment *now)
{
	size_t i = find(o, id);

	if (i < o->n)
		return &o->at[i];
	if (o->n == WARD_ONVIF_OBJECTS) {
		count(o, "onvif.objects_full");
		return NULL;
	}
	o->at[o->n] = (struct ward_onvif_object){.id = id,
		.seen_first = now->mono,
		.first = now->frame,
		.last = now->frame,
		.class = "other"};
	return &o->at[o->n++];
}

static enum ward_err take(struct ward_onvif_objects *o, const struct ward_xmldoc *x, uint32_t e,
	const struct moment *now)
{
	uint32_t appearance = ward_xmldoc_child(x, e, "Appearance");
	struct ward_str type = type_of(x, ward_xmldoc_child(x, appearance, "Class"));
	struct ward_onvif_object *t;
	int64_t id;

	if (!ward_str_i64(ward_xmldoc_attr(x, e, "ObjectId"), &id)) {
		count(o, "onvif.odd.object");
		return WARD_OK;
	}
	if (is_hidden(type)) {
		count(o, "onvif.left_out");
		return WARD_OK;
	}
	t = place_for(o, id, now);
	if (!t)
		return WARD_OK;
	t->seen_last = now->mono;
	t->last = now->frame > t->last ? now->frame : t->last;
	if (type.len)
		(void)snprintf(t->class, sizeof(t->class), "%s", class_word(type));
	if (!t->hidden && has_hidden(x, appearance)) {
		t->hidden = true;
		count(o, "onvif.left_out");
	}
	if (t->told || now->mono - t->seen_first < told_after)
		return WARD_OK;
	t->told = true;
	return tell(o, t, false, now->wall);
}

/* A frame's own time. One that is off by more than a day, whatever the device's clock was said to
 * be, is no time of anything: then it is that of its arrival. */
static ward_ns time_of(const struct ward_onvif_objects *o, ward_ns says, ward_ns wall)
{
	ward_ns ours, off;

	if (ward_sub(says, o->place->ahead, &ours) && ward_sub(ours, wall, &off) &&
		off >= -off_max && off <= off_max)
		return ours;
	count(o, "onvif.odd.time");
	return wall;
}

enum ward_err ward_onvif_frame(struct ward_onvif_objects *o, const struct ward_xmldoc *x,
	uint32_t frame, ward_ns mono, ward_ns wall)
{
	struct moment now = {.mono = mono, .wall = wall};
	enum ward_err err = WARD_OK;
	int64_t id;

	if (ward_time_parse(ward_xmldoc_attr(x, frame, "UtcTime"), &now.frame) != WARD_OK) {
		count(o, "onvif.reject.time");
		return WARD_OK;
	}
	now.frame = time_of(o, now.frame, wall);
	for (uint32_t e = ward_xmldoc_child(x, frame, "Object"); e != WARD_NONE && !err;
		e = ward_xmldoc_next(x, e, "Object"))
		err = take(o, x, e, &now);
	uint32_t tree = ward_xmldoc_child(x, frame, "ObjectTree");

	for (uint32_t e = ward_xmldoc_child(x, tree, "Delete"); e != WARD_NONE && !err;
		e = ward_xmldoc_next(x, e, "Delete"))
		if (ward_str_i64(ward_xmldoc_attr(x, e, "ObjectId"), &id) && find(o, id) < o->n)
			err = leave(o, find(o, id), wall);
	return err;
}

enum ward_err ward_onvif_objects_tick(
	struct ward_onvif_objects *o, ward_ns mono, ward_ns wall, bool all)
{
	enum ward_err err = WARD_OK;

	for (size_t i = o->n; i-- > 0 && !err;)
		if (all || mono - o->at[i].seen_last > left_after)
			err = leave(o, i, wall);
	return err;
}
