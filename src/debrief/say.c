#include "debrief/say.h"

#include <stdio.h>

struct ward_str debrief_span(struct debrief_text *t, struct ward_lang *lang, ward_ns span)
{
	enum { MINUTE = 60, SECONDS_MAX = 120, MINUTES_MAX = 120 };
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	long long s = (long long)((span + WARD_NS_PER_S / 2) / WARD_NS_PER_S), min = s / MINUTE;
	char number[3][24];

	(void)snprintf(number[0], sizeof(number[0]), "%lld", s);
	(void)snprintf(number[1], sizeof(number[1]), "%lld",
		min < MINUTES_MAX ? min + (s % MINUTE >= MINUTE / 2) : min % MINUTE);
	(void)snprintf(number[2], sizeof(number[2]), "%lld", min / MINUTE);
	WARD_SAY(&w, lang,
		s < SECONDS_MAX     ? WARD_TEXT("{s} s")
		: min < MINUTES_MAX ? WARD_TEXT("{min} min")
		: min % MINUTE      ? WARD_TEXT("{h} h {min} min")
				    : WARD_TEXT("{h} h"),
		{"s", ward_str_z(number[0])}, {"min", ward_str_z(number[1])},
		{"h", ward_str_z(number[2])});
	return ward_wr_text(&w);
}

struct ward_str debrief_clock(struct debrief_text *t, ward_ns at)
{
	enum { MINUTE = 60, HOUR = 3600 };
	long long s = (long long)(at / WARD_NS_PER_S);
	int n = s < HOUR ? snprintf(t->p, sizeof(t->p), "%lld:%02lld", s / MINUTE, s % MINUTE)
			 : snprintf(t->p, sizeof(t->p), "%lld:%02lld:%02lld", s / HOUR,
				   s % HOUR / MINUTE, s % MINUTE);

	return (struct ward_str){t->p, (size_t)n};
}

struct ward_str debrief_percent(struct debrief_text *t, struct ward_lang *lang, int64_t micro)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	char number[24];

	(void)snprintf(number, sizeof(number), "%lld", (long long)((micro + 5000) / 10000));
	WARD_SAY(&w, lang, WARD_TEXT("{lo} %"), {"lo", ward_str_z(number)});
	return ward_wr_text(&w);
}

struct ward_str debrief_amount(
	struct debrief_text *t, struct ward_lang *lang, enum ward_debrief_mark_id m, int64_t value)
{
	struct ward_wr w = ward_wr_fixed(t->p, sizeof(t->p));
	char unit = ward_debrief_mark_unit(m), number[24];

	if (unit == 't')
		return debrief_span(t, lang, value);
	if (m == WARD_DEBRIEF_CARE) { /* an F-score is no share of anything */
		int64_t n = (value + 5000) / 10000;

		(void)snprintf(number, sizeof(number), "%lld.%02lld", (long long)(n / 100),
			(long long)(n % 100));
		ward_say_decimal(&w, lang, ward_str_z(number));
		return ward_wr_text(&w);
	}
	if (unit == '%')
		return debrief_percent(t, lang, value);
	ward_say_number(&w, lang, (uint64_t)value);
	return ward_wr_text(&w);
}

const char *debrief_mark_text(enum ward_debrief_mark_id m)
{
	static const char *const text[WARD_DEBRIEF_MARK_N] = {
		[WARD_DEBRIEF_INCIDENTS] = WARD_TEXT("Incidents of the story that were found"),
		[WARD_DEBRIEF_KIND] = WARD_TEXT("Kind of the incident, cyber or physical"),
		[WARD_DEBRIEF_NAMED] =
			WARD_TEXT("Rules, threats and consequences that the scenario names"),
		[WARD_DEBRIEF_SIGNS] = WARD_TEXT("Signs in time, of those that a sensor can give"),
		[WARD_DEBRIEF_LINKED] = WARD_TEXT("Signs that the incident holds"),
		[WARD_DEBRIEF_PURE] = WARD_TEXT("What the incident holds and is of the story"),
		[WARD_DEBRIEF_ROLES] = WARD_TEXT("Roles that were told in time"),
		[WARD_DEBRIEF_PLAYBOOKS] = WARD_TEXT("Playbooks that were named"),
		[WARD_DEBRIEF_CARE] =
			WARD_TEXT("Forecast of care, F-score (SAFECARE published: above 0.75)"),
		[WARD_DEBRIEF_SPARED] = WARD_TEXT("Spared services that were not said to be hit"),
		[WARD_DEBRIEF_TO_INCIDENT] =
			WARD_TEXT("From the first visible step to the incident"),
		[WARD_DEBRIEF_FORECAST] =
			WARD_TEXT("How far forecast times are off (median, of a minute at least)"),
		[WARD_DEBRIEF_FALSE_ALARMS] = WARD_TEXT("Incidents that the truth does not have"),
	};

	return text[m];
}

const char *debrief_phase_text(enum ward_ebios e)
{
	static const char *const text[WARD_EBIOS_N] = {[WARD_EBIOS_NONE] = WARD_TEXT("no attack"),
		[WARD_EBIOS_KNOW] = WARD_TEXT("know"),
		[WARD_EBIOS_GET_IN] = WARD_TEXT("get in"),
		[WARD_EBIOS_FIND] = WARD_TEXT("find"),
		[WARD_EBIOS_CONTROL] = WARD_TEXT("control")};

	return text[e];
}
