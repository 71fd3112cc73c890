/* ONVIF Core 9.4 (notifications), 9.6 (topics); WS-BaseNotification */
#include "sense/onvif/message.h"

#include <string.h>

static const char topics[] = "http://www.onvif.org/ver10/topics";

enum treat { PLAIN, LOCAL, HIDDEN, OMITTED };

/* Items with a meaning of their own. LOCAL: a token of this device only. */
static const struct item {
	const char *name;
	enum treat treat;
	enum ward_field_id field;
} items[] = {
	{"DoorToken", LOCAL, WARD_FIELD_DOOR},
	{"AccessPointToken", LOCAL, WARD_FIELD_READER},
	/* of a recorder: which camera; where the device is one, it is that */
	{"Source", LOCAL, WARD_FIELD_CAMERA},
	{"VideoSource", LOCAL, WARD_FIELD_CAMERA},
	{"VideoSourceToken", LOCAL, WARD_FIELD_CAMERA},
	{"VideoSourceConfigurationToken", LOCAL, WARD_FIELD_CAMERA},
	{"CredentialToken", HIDDEN, WARD_FIELD_BADGE},
	{"IdentifierValue", HIDDEN, WARD_FIELD_BADGE},
	{"Card", HIDDEN, WARD_FIELD_BADGE},
	{"CredentialHolderName", HIDDEN, WARD_FIELD_USER},
	{"UserName", HIDDEN, WARD_FIELD_USER},
};

/* What no name above covers and shows a person nevertheless. */
static const char *const personal[] = {
	"credential", "holder", "card", "identifier", "user", "person", "face", "plate", "human"};

struct turn {
	const struct ward_onvif_place *place;
	const struct ward_xmldoc *x;
	struct ward_event *e;
	struct ward_idgen id;
	size_t n;
};

static void count(const struct ward_onvif_place *p, const char *counter)
{
	ward_count_name(p->counters, counter, 1);
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool ward_onvif_has_word(struct ward_str name, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= name.len; i++) {
		size_t k = 0;

		while (k < len && lower(name.p[i + k]) == word[k])
			k++;
		if (k == len)
			return true;
	}
	return false;
}

static struct item treatment(struct ward_str name)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(items); i++)
		if (ward_str_eqz(name, items[i].name))
			return items[i];
	for (size_t i = 0; i < WARD_ARRAY_LEN(personal); i++)
		if (ward_onvif_has_word(name, personal[i]))
			return (struct item){.treat = OMITTED};
	return (struct item){.treat = PLAIN};
}

static enum ward_err set(struct turn *t, uint32_t field, struct ward_str value)
{
	/* Source comes before Key and Data: what says which thing it is about is kept */
	return ward_event_get(t->e, field) ? WARD_OK
					   : ward_event_set(t->e, field, ward_value_str(value));
}

/* "SOURCE/TOKEN" */
static enum ward_err set_local(struct turn *t, uint32_t field, struct ward_str token)
{
	uint8_t buf[256 + WARD_ONVIF_VALUE];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_str(&w, ward_str_sub(t->place->source, 0, 200));
	ward_wr_ch(&w, '/');
	ward_wr_str(&w, token);
	struct ward_str s = ward_arena_str(t->e->arena, ward_wr_text(&w));

	return s.p ? set(t, field, s) : WARD_ERR_NOMEM;
}

/* "onvif.NAME" */
static enum ward_err set_plain(struct turn *t, struct ward_str name, struct ward_str value)
{
	uint8_t buf[8 + WARD_ONVIF_NAME];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_wr_z(&w, "onvif.");
	ward_wr_str(&w, name);
	return set(t, ward_name(t->place->names, ward_wr_text(&w)), value);
}

/* Names come from the device, and become names of fields. */
static bool is_name(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = lower(s.p[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return s.len && s.len <= WARD_ONVIF_NAME;
}

static enum ward_err take_item(struct turn *t, uint32_t at)
{
	struct ward_str name = ward_xmldoc_attr(t->x, at, "Name"),
			value = ward_xmldoc_attr(t->x, at, "Value");

	if (!name.p || !value.p || !is_name(name) || value.len > WARD_ONVIF_VALUE ||
		t->n == WARD_ONVIF_ITEMS) {
		count(t->place, "onvif.odd.item");
		return WARD_OK;
	}
	t->n++;
	ward_idgen_str(&t->id, name);
	ward_idgen_str(&t->id, value);
	struct item how = treatment(name);

	if (!value.len)
		return WARD_OK;
	if (how.treat == LOCAL && how.field == WARD_FIELD_CAMERA && t->place->camera.len)
		how.treat = PLAIN;
	switch (how.treat) {
	case LOCAL:
		return set_local(t, how.field, value);
	case HIDDEN:
		return set(t, how.field, value);
	case OMITTED:
		count(t->place, "onvif.left_out");
		return WARD_OK;
	case PLAIN:
		break;
	}
	return set_plain(t, name, value);
}

static enum ward_err take_items(struct turn *t, uint32_t message)
{
	static const char *const parts[] = {"Source", "Key", "Data"};
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < WARD_ARRAY_LEN(parts); i++) {
		uint32_t part = ward_xmldoc_child(t->x, message, parts[i]);

		for (uint32_t at = ward_xmldoc_child(t->x, part, "SimpleItem");
			at != WARD_NONE && !err; at = ward_xmldoc_next(t->x, at, "SimpleItem"))
			err = take_item(t, at);
		/* structures, such as the box of a face: pictures are not what is asked for */
		if (ward_xmldoc_child(t->x, part, "ElementItem") != WARD_NONE)
			count(t->place, "onvif.element_items");
	}
	return err;
}

/* Without the prefix that stands for ONVIF's own topics, whatever a device calls it; that of a
 * maker's stays. */
static struct ward_str topic_of(const struct ward_xmldoc *x, uint32_t m)
{
	uint32_t at = ward_xmldoc_child(x, m, "Topic");
	struct ward_str t = ward_xmldoc_text(x, at, NULL), rest = t,
			prefix = ward_str_cut(&rest, ':');

	if (!rest.p || ward_str_find(prefix, WARD_STR("/")) != SIZE_MAX)
		return t;
	struct ward_str ns = ward_xmldoc_ns(x, at, prefix);

	return ward_str_eqz(ns, topics) || (!ns.p && ward_str_eqz(prefix, "tns1")) ? rest : t;
}

static bool is_topic(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || (unsigned char)s.p[i] > '~')
			return false;
	return s.len && s.len <= 256;
}

static enum ward_err fill(struct turn *t, struct ward_str topic, uint32_t message)
{
	struct ward_names *names = t->place->names;
	struct ward_str operation = ward_xmldoc_attr(t->x, message, "PropertyOperation");
	enum ward_err err = set(t, ward_name(names, WARD_STR("onvif.topic")), topic);

	if (!err && operation.len && operation.len <= WARD_ONVIF_NAME)
		err = set(t, ward_name(names, WARD_STR("onvif.operation")), operation);
	if (!err)
		err = take_items(t, message);
	if (!err && t->place->camera.len)
		err = set(t, WARD_FIELD_CAMERA, t->place->camera);
	return err ? err : set(t, WARD_FIELD_SENSOR, t->place->source);
}

enum ward_err ward_onvif_message(const struct ward_onvif_place *place, const struct ward_xmldoc *x,
	uint32_t m, ward_ns now, struct ward_arena *arena, struct ward_event *ret)
{
	/* wsnt:Message holds tt:Message */
	uint32_t message = ward_xmldoc_child(x, ward_xmldoc_child(x, m, "Message"), "Message");
	struct ward_str topic = topic_of(x, m), utc = ward_xmldoc_attr(x, message, "UtcTime");
	struct turn t = {.place = place, .x = x, .e = ret};
	ward_ns time, ours;

	if (!is_topic(topic)) {
		count(place, "onvif.reject.topic");
		return WARD_ERR_MALFORMED;
	}
	if (message == WARD_NONE || ward_time_parse(utc, &time) != WARD_OK ||
		!ward_sub(time, place->ahead, &ours)) {
		count(place, "onvif.reject.time");
		return WARD_ERR_MALFORMED;
	}
	ward_event_init(ret, arena);
	ward_idgen_init(&t.id, "onvif");
	ward_idgen_str(&t.id, place->source);
	ward_idgen_str(&t.id, topic);
	ward_idgen_str(&t.id, utc);
	ret->time = ours;
	ret->seen = now;
	ret->source = ward_name(place->names, place->source);
	ret->class = ward_name(place->names, WARD_STR("log.onvif"));
	enum ward_err err = fill(&t, topic, message);

	ret->id = ward_idgen_final(&t.id);
	return err;
}
