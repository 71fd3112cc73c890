#include "exercise/names.h"

#include "event/classes.h"

static const struct ward_bacnet_word objects[] = {
	{"analog-input", 0},
	{"analog-output", 1},
	{"analog-value", 2},
	{"binary-input", 3},
	{"binary-output", 4},
	{"binary-value", 5},
	{"calendar", 6},
	{"device", 8},
	{"event-enrollment", 9},
	{"file", 10},
	{"group", 11},
	{"loop", 12},
	{"multi-state-input", 13},
	{"multi-state-output", 14},
	{"notification-class", 15},
	{"program", 16},
	{"schedule", 17},
	{"multi-state-value", 19},
	{"trend-log", 20},
	{"life-safety-point", 21},
	{"life-safety-zone", 22},
	{"structured-view", 29},
	{"access-door", 30},
};

static const struct ward_bacnet_word properties[] = {
	{"cov-increment", 22},
	{"description", 28},
	{"event-enable", 35},
	{"event-state", 36},
	{"firmware-revision", 44},
	{"high-limit", 45},
	{"limit-enable", 52},
	{"location", 58},
	{"low-limit", 59},
	{"max-pres-value", 65},
	{"min-pres-value", 69},
	{"model-name", 70},
	{"object-identifier", 75},
	{"object-list", 76},
	{"object-name", 77},
	{"object-type", 79},
	{"out-of-service", 81},
	{"present-value", 85},
	{"priority", 86},
	{"priority-array", WARD_BACNET_PRIORITY_ARRAY},
	{"protocol-version", 98},
	{"reliability", 103},
	{"relinquish-default", 104},
	{"setpoint", 108},
	{"status-flags", 111},
	{"system-status", 112},
	{"units", 117},
	{"vendor-identifier", 120},
	{"vendor-name", 121},
};

const struct ward_bacnet_word *ward_bacnet_object_words(size_t *ret_n)
{
	*ret_n = WARD_ARRAY_LEN(objects);
	return objects;
}

const struct ward_bacnet_word *ward_bacnet_property_words(size_t *ret_n)
{
	*ret_n = WARD_ARRAY_LEN(properties);
	return properties;
}

static bool find(const struct ward_bacnet_word *word, size_t n, struct ward_str name, uint32_t *ret)
{
	for (size_t i = 0; i < n; i++) {
		if (!ward_str_eqz(name, word[i].name))
			continue;
		*ret = word[i].number;
		return true;
	}
	return false;
}

bool ward_bacnet_object_number(struct ward_str name, uint32_t *ret)
{
	return find(objects, WARD_ARRAY_LEN(objects), name, ret);
}

bool ward_bacnet_property_number(struct ward_str name, uint32_t *ret)
{
	return find(properties, WARD_ARRAY_LEN(properties), name, ret);
}

bool ward_exercise_device_class(struct ward_str name)
{
	enum ward_class c = ward_class_find(name);

	return c != WARD_CLASS_N && ward_class_info(c)->device;
}
