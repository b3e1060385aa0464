echo x > f
cat f >> f
cat f
