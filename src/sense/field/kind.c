#include "sense/field/kind.h"

#include "sense/field/field.h"

#define WORD(word, class)                       \
	{                                       \
		word, WARD_CLASS_##class, false \
	}
#define MOMENT(word, class)                    \
	{                                      \
		word, WARD_CLASS_##class, true \
	}
#define RANGE(class)                                                            \
	{                                                                       \
		WORD("normal", class), WORD("low", class), WORD("high", class), \
			WORD("fault", class)                                    \
	}
#define ALARM(class)                                                              \
	{                                                                         \
		WORD("normal", class), WORD("alarm", class), WORD("fault", class) \
	}

#define TAG(class)                                                                  \
	{                                                                           \
		WORD("normal", class), WORD("exit", class), WORD("removed", class), \
			WORD("lost", class), WORD("fault", class)                   \
	}

static const struct ward_field_kind kinds[] = {
	{"door", NULL, false,
		{MOMENT("granted", DOOR_GRANTED), MOMENT("denied", DOOR_DENIED),
			MOMENT("forced", DOOR_FORCED), MOMENT("exit", DOOR_EXIT),
			WORD("held", DOOR_HELD), WORD("opened", DOOR_OPENED),
			WORD("closed", DOOR_CLOSED), WORD("tamper", DOOR_TAMPER),
			WORD("fault", DOOR_FAULT)}},
	{"fire", NULL, false,
		{WORD("normal", FIRE_ALARM), WORD("alarm", FIRE_ALARM), WORD("test", FIRE_ALARM),
			WORD("fault", FIRE_FAULT)}},
	{"temperature", "Cel", true, RANGE(ENV_TEMPERATURE)},
	{"humidity", "%", true, RANGE(ENV_HUMIDITY)},
	{"pressure", "Pa", true, RANGE(ENV_PRESSURE)},
	{"gas", "%", false,
		{WORD("normal", ENV_GAS), WORD("low", ENV_GAS), WORD("high", ENV_GAS),
			WORD("alarm", ENV_GAS), WORD("fault", ENV_GAS)}},
	{"flood", NULL, false, ALARM(ENV_FLOOD)},
	{"glass", NULL, false, ALARM(ENV_GLASS)},
	{"duress", NULL, false, ALARM(CALL_DURESS)},
	{"newborn", NULL, false, TAG(CALL_NEWBORN)},
	{"wander", NULL, false, TAG(CALL_WANDER)},
	{"lift", NULL, false,
		{WORD("normal", LIFT_STATE), WORD("stopped", LIFT_STATE),
			WORD("people", LIFT_STATE), WORD("fault", LIFT_STATE)}},
	{"power", "V", false,
		{WORD("normal", POWER_STATE), WORD("on_battery", POWER_STATE),
			WORD("low_battery", POWER_STATE), WORD("on_generator", POWER_STATE),
			WORD("off", POWER_STATE), WORD("fault", POWER_STATE)}},
};

size_t ward_field_kind_count(void)
{
	return WARD_ARRAY_LEN(kinds);
}

const struct ward_field_kind *ward_field_kind(size_t i)
{
	WARD_ASSERT(i < WARD_ARRAY_LEN(kinds));
	return &kinds[i];
}

const struct ward_field_kind *ward_field_kind_find(struct ward_str name)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(kinds); i++)
		if (ward_str_eqz(name, kinds[i].kind))
			return &kinds[i];
	return NULL;
}

const struct ward_field_word *ward_field_word_find(
	const struct ward_field_kind *k, struct ward_str word)
{
	for (size_t i = 0; i < WARD_FIELD_WORDS && k->word[i].word; i++)
		if (ward_str_eqz(word, k->word[i].word))
			return &k->word[i];
	return NULL;
}

bool ward_field_kind_at(size_t i, const char **ret_kind, const char **ret_unit, bool *ret_value,
	struct ward_wr *states)
{
	if (i >= WARD_ARRAY_LEN(kinds))
		return false;
	*ret_kind = kinds[i].kind;
	*ret_unit = kinds[i].unit;
	*ret_value = kinds[i].value;
	for (size_t k = 0; k < WARD_FIELD_WORDS && kinds[i].word[k].word; k++) {
		ward_wr_z(states, k ? ", " : "");
		ward_wr_z(states, kinds[i].word[k].word);
	}
	return true;
}
