! matrix.f90 - Fortran's run-time: matrices of more than the machine's RAM, text output.
program matrix
  implicit none
  integer, parameter :: n = 900
  real(8), allocatable :: a(:, :), b(:, :), c(:, :)
  integer :: i, j
  allocate (a(n, n), b(n, n), c(n, n))
  do j = 1, n
    do i = 1, n
      a(i, j) = mod(i * 7 + j * 3, 11)
      b(i, j) = mod(i + j, 5)
    end do
  end do
  c = transpose(a) + 2 * b
  print '(a, f14.1, a, f14.1)', 'sum ', sum(c), ' trace ', sum([(c(i, i), i=1, n)])
end program matrix
