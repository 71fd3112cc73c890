/* Inside api: what a situation report is made of, gathered once for both of its forms. */
#ifndef WARD_API_SITUATION_H
#define WARD_API_SITUATION_H

#include "api/priv.h"

/* A service and the incident by which it is hit first. */
struct situation_care {
	const struct api_forecast *f;
	const struct api_incident *in;
};

struct situation {
	struct api_request *r;
	struct api_incident **in; /* open, the most harm first */
	size_t n_in;
	struct situation_care *care;
	size_t n_care;
	enum api_back_is back_is;
	const struct api_back *back; /* NULL: there is no plan to be shown */
};

/* What nobody has decided yet. */
enum situation_open {
	SITUATION_TAKE,
	SITUATION_CONFIRM,
	SITUATION_APPROVE,
	SITUATION_ANSWER,
	SITUATION_LATE,
	SITUATION_CANNOT,
	SITUATION_OPEN_N,
};
size_t situation_open(const struct situation *s, enum situation_open what);

/* As lines that can be read out, or printed. */
void situation_text(const struct situation *s, struct ward_wr *w);

#endif
