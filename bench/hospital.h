/* A hospital of any size that does not exist, for benches: the same for the same number and seed.
 *
 * What `ward model generate` makes (model/make), in pavilions, loaded through the front door
 * (ward_model_load_files). Loading a million assets takes 8 GB and some minutes. */
#ifndef WARD_BENCH_HOSPITAL_H
#define WARD_BENCH_HOSPITAL_H

#include "model/model.h"

/* n_asset: 250 to 1,000,000, whole pavilions. Free with ward_model_free. Ends the program when the
 * model has errors. */
struct ward_model *bench_hospital(size_t n_asset, uint64_t seed);

#endif
