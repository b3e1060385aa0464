echo ~nosuchuser_here/x
