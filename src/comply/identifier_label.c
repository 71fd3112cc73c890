#include "comply/identifier_label.h"

#include "comply/identifier_shape.h"

#define K(name) WARD_IDENTIFIER_##name

#define ALWAYS WARD_LABEL_ALWAYS
#define CAPITAL WARD_LABEL_CAPITAL
#define THING WARD_LABEL_THING
#define SIGN WARD_LABEL_SIGN
#define FHIR WARD_LABEL_FHIR
#define TITLE WARD_LABEL_TITLE
#define NUMBERED WARD_LABEL_NUMBERED

/* In byte order. */
static const struct ward_label labels[] = {
#include "comply/identifier_labels.inc"
};

/* Where the labels of each letter begin. */
static const uint8_t from[27] = {0, 15, 29, 51, 70, 82, 91, 99, 102, 113, 113, 115, 120, 142, 159,
	165, 199, 199, 203, 216, 229, 239, 248, 248, 248, 248, 248};

const struct ward_label *ward_label_find(struct ward_str word)
{
	char low[24];
	size_t lo, hi;

	if (word.len >= sizeof(low) || word.len < 2 || !ward_label_may_be(word))
		return NULL;
	for (size_t i = 0; i < word.len; i++)
		low[i] = (char)(ward_shape_upper(word.p[i]) ? word.p[i] + 32 : word.p[i]);
	low[word.len] = '\0';
	lo = from[low[0] - 'a'];
	hi = from[low[0] - 'a' + 1];
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(low, labels[mid].word);

		if (!c)
			return &labels[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}
