// SPDX-License-Identifier: Apache-2.0
// Derived datatypes: vector, indexed, struct, resized, subarray, zero size, absolute addresses and packed data.
#include <stddef.h>

#include "program.h"

struct Particle {
  double position[3];
  int kind;
  char name;
};

static MPI_Datatype committed(MPI_Datatype type) {
  MPI_Type_commit(&type);
  return type;
}

static MPI_Datatype particle_type(void) {
  int lengths[3] = {3, 1, 1};
  MPI_Aint places[3] = {offsetof(struct Particle, position), offsetof(struct Particle, kind),
                        offsetof(struct Particle, name)};
  MPI_Datatype types[3] = {MPI_DOUBLE, MPI_INT, MPI_CHAR}, plain, resized;
  MPI_Type_create_struct(3, lengths, places, types, &plain);
  MPI_Type_create_resized(plain, 0, sizeof(struct Particle), &resized);
  MPI_Type_free(&plain);
  return committed(resized);
}

static void exchange(void* buffer, int count, MPI_Datatype type, int tag) {
  if (rank == 0) MPI_Send(buffer, count, type, 1, tag, MPI_COMM_WORLD);
  if (rank == 1) MPI_Recv(buffer, count, type, 0, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

int main(int argc, char** argv) {
  begin(&argc, &argv);
  static double field[64][64];
  static struct Particle particles[10];
  MPI_Datatype type;
  int sizes[2] = {64, 64}, parts[2] = {4, 5}, starts[2] = {1, 2};
  int lengths[2] = {3, 2}, places[2] = {0, 10};

  MPI_Type_vector(10, 2, 64, MPI_DOUBLE, &type);  // 20 doubles
  type = committed(type);
  exchange(field, 3, type, 1);
  MPI_Type_free(&type);

  MPI_Type_indexed(2, lengths, places, MPI_DOUBLE, &type);  // 5 doubles
  type = committed(type);
  exchange(field, 1, type, 2);
  MPI_Type_free(&type);

  MPI_Type_create_subarray(2, sizes, parts, starts, MPI_ORDER_C, MPI_DOUBLE, &type);  // 20 doubles
  type = committed(type);
  exchange(field, 1, type, 3);
  MPI_Type_free(&type);

  type = particle_type();  // 29 bytes of data in 32
  exchange(particles, 10, type, 4);
  MPI_Type_free(&type);

  MPI_Type_contiguous(0, MPI_INT, &type);
  type = committed(type);
  exchange(field, 1000, type, 5);
  MPI_Type_free(&type);
  exchange(NULL, 0, MPI_DOUBLE, 6);

  MPI_Aint address;  // 6 doubles, by absolute address
  int six = 6;
  MPI_Datatype base = MPI_DOUBLE;
  MPI_Get_address(&field[5][5], &address);
  MPI_Type_create_struct(1, &six, &address, &base, &type);
  type = committed(type);
  exchange(MPI_BOTTOM, 1, type, 7);
  MPI_Type_free(&type);

  char packed[100];
  int position = 0;
  if (rank == 0) MPI_Pack(&six, 1, MPI_INT, packed, 100, &position, MPI_COMM_WORLD);
  if (rank == 0) MPI_Pack(field, 2, MPI_DOUBLE, packed, 100, &position, MPI_COMM_WORLD);
  exchange(packed, 20, MPI_PACKED, 8);
  if (rank == 1) MPI_Unpack(packed, 20, &position, &six, 1, MPI_INT, MPI_COMM_WORLD);
  REQUIRE(rank > 1 || six == 6);
  exchange(field, 4, MPI_DOUBLE_INT, 9);  // 12 bytes of data in 16
  return end();
}
