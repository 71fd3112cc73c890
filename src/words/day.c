#include "words/day.h"

#include <stdio.h>

static const char *const month_name[] = {WARD_TEXT("January"), WARD_TEXT("February"),
	WARD_TEXT("March"), WARD_TEXT("April"), WARD_TEXT("May"), WARD_TEXT("June"),
	WARD_TEXT("July"), WARD_TEXT("August"), WARD_TEXT("September"), WARD_TEXT("October"),
	WARD_TEXT("November"), WARD_TEXT("December")};

void ward_say_day(struct ward_wr *w, struct ward_lang *l, const struct ward_day *d)
{
	char year[16], day[16];

	WARD_ASSERT(d->month >= 1 && d->month <= 12);
	struct ward_str month = ward_lang_text(l, ward_str_z(month_name[d->month - 1]));

	(void)snprintf(year, sizeof(year), "%04d", d->year);
	(void)snprintf(day, sizeof(day), "%d", d->day);
	if (d->day == 1) /* "1er mars": it is counted as the first */
		WARD_SAY(w, l, WARD_TEXT("1\u00a0{month} {year}"), {"month", month},
			{"year", ward_str_z(year)});
	else
		WARD_SAY(w, l, WARD_TEXT("{day}\u00a0{month} {year}"), {"day", ward_str_z(day)},
			{"month", month}, {"year", ward_str_z(year)});
}

void ward_say_month(struct ward_wr *w, struct ward_lang *l, int year, int month)
{
	char text[16];

	WARD_ASSERT(month >= 1 && month <= 12);
	(void)snprintf(text, sizeof(text), "%04d", year);
	WARD_SAY(w, l, WARD_TEXT("{month} {year}"),
		{"month", ward_lang_text(l, ward_str_z(month_name[month - 1]))},
		{"year", ward_str_z(text)});
}

void ward_say_moment(struct ward_wr *w, struct ward_lang *l, const struct ward_day *d)
{
	char text[64], time[16];
	struct ward_wr day = ward_wr_fixed(text, sizeof(text));

	ward_say_day(&day, l, d);
	(void)snprintf(time, sizeof(time), "%02d:%02d", d->hour, d->minute);
	WARD_SAY(w, l, WARD_TEXT("{day}, {time}"), {"day", ward_wr_text(&day)},
		{"time", ward_str_z(time)});
}
