// Poisson cube by amgcl: smoothed aggregation + Gauss-Seidel, CG, 1e-8; times of setup and solve in CPU seconds.
#include <amgcl/adapter/crs_tuple.hpp>
#include <amgcl/amg.hpp>
#include <amgcl/backend/builtin.hpp>
#include <amgcl/coarsening/smoothed_aggregation.hpp>
#include <amgcl/make_solver.hpp>
#include <amgcl/relaxation/gauss_seidel.hpp>
#include <amgcl/solver/cg.hpp>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numeric>
#include <vector>
int main(int argc, char **argv) {
    long n = atol(argv[1]);
    double h = 1.0 / n;
    std::vector<ptrdiff_t> ptr{0}, col;
    std::vector<double> val, rhs(n * n * n, h * h * h), x(n * n * n, 0.0);
    for (long k = 0; k < n; k++) for (long j = 0; j < n; j++) for (long i = 0; i < n; i++) {
        long c = (k * n + j) * n + i, at[3] = {i, j, k}, step[3] = {1, n, n * n};
        double d = 0; size_t own = 0;
        for (int e = 2; e >= 0; e--) { if (at[e] > 0) { col.push_back(c - step[e]); val.push_back(-h); d += h; } else d += 2 * h; }
        own = col.size(); col.push_back(c); val.push_back(0);
        for (int e = 0; e < 3; e++) { if (at[e] + 1 < n) { col.push_back(c + step[e]); val.push_back(-h); d += h; } else d += 2 * h; }
        val[own] = d; ptr.push_back(col.size());
    }
    typedef amgcl::backend::builtin<double> B;
    typedef amgcl::make_solver<amgcl::amg<B, amgcl::coarsening::smoothed_aggregation, amgcl::relaxation::gauss_seidel>, amgcl::solver::cg<B>> S;
    S::params p; p.solver.tol = 1e-8;
    clock_t a = clock();
    ptrdiff_t m = n * n * n; S solve(std::tie(m, ptr, col, val), p);
    clock_t b = clock();
    auto [it, res] = solve(rhs, x);
    clock_t c = clock();
    printf("amgcl sa_gs N=%ld cpu %.3f (%.3f+%.3f) it %zu relres %.1e mean %.10f\n", n, double(c - a) / CLOCKS_PER_SEC, double(b - a) / CLOCKS_PER_SEC, double(c - b) / CLOCKS_PER_SEC, (size_t)it, res, std::accumulate(x.begin(), x.end(), 0.0) / x.size());
}
